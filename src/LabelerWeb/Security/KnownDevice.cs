using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;

namespace Labeler.Web.Security;

/// <summary>
/// A cookie by which a device is known on which somebody has signed in before, so that strangers' wrong passwords do not lock it. It lets
/// nobody in, is good for one account, and ends when the account's password changes.
/// </summary>
internal static class KnownDevice
{
    private const string Cookie = "device";
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(365);

    /// <summary>The number of this device, if <paramref name="account"/> has signed in on it.</summary>
    public static Guid? Of(HttpContext context, Account account) =>
        Read(context) is { } mark && mark.Account == account.Id && mark.Stamp == Digest(account.SecurityStamp) ? mark.Device : null;

    /// <summary>Marks the device of somebody who has just signed in.</summary>
    public static void Mark(HttpContext context, ClaimsPrincipal user)
    {
        var stamp = user.FindFirstValue(new ClaimsIdentityOptions().SecurityStampClaimType);
        var device = Read(context) is { } mark && mark.Account == user.AccountId() ? mark.Device : Guid.NewGuid();
        var text = JsonSerializer.Serialize(new DeviceMark(user.AccountId(), device, Digest(stamp)));
        context.Response.Cookies.Append(Cookie, Protector(context).Protect(text, Lifetime), new CookieOptions
        {
            MaxAge = Lifetime,
            HttpOnly = true,
            SameSite = SameSiteMode.Lax,
            IsEssential = true,
        });
    }

    private static DeviceMark? Read(HttpContext context)
    {
        if (context.Request.Cookies[Cookie] is not { } cookie)
        {
            return null;
        }
        try
        {
            return JsonSerializer.Deserialize<DeviceMark>(Protector(context).Unprotect(cookie));
        }
        catch (CryptographicException)
        {
            // Too old, or not ours: a device like any other.
            return null;
        }
    }

    // The stamp itself stays at the server.
    private static string Digest(string? stamp) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(stamp ?? "")));

    private static ITimeLimitedDataProtector Protector(HttpContext context) =>
        context.RequestServices.GetRequiredService<IDataProtectionProvider>().CreateProtector("device").ToTimeLimitedDataProtector();

    private sealed record DeviceMark(Guid Account, Guid Device, string Stamp);
}
