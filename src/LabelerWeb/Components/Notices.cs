using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;

namespace Labeler.Web.Components;

public enum Tone { Good, Warn, Bad }

/// <summary>A sentence for the next page that somebody sees, perhaps with a link that is shown this once.</summary>
public sealed record Notice(string Text, Tone Tone = Tone.Good, string? Link = null);

/// <summary>Carries one notice over a redirect, in a cookie that only this application can write or read.</summary>
public static class Notices
{
    private const string Cookie = "notice";

    public static void Tell(this HttpContext context, Notice notice) =>
        context.Response.Cookies.Append(Cookie, Protector(context).Protect(JsonSerializer.Serialize(notice), TimeSpan.FromMinutes(1)),
            new CookieOptions
            {
                HttpOnly = true,
                SameSite = SameSiteMode.Strict,
                IsEssential = true,
            });

    /// <summary>The notice that waits, once; call before the answer begins.</summary>
    public static Notice? TakeNotice(this HttpContext context)
    {
        if (context.Request.Cookies[Cookie] is not { } cookie || context.Response.HasStarted)
        {
            return null;
        }
        context.Response.Cookies.Delete(Cookie);
        try
        {
            return JsonSerializer.Deserialize<Notice>(Protector(context).Unprotect(cookie));
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            // Too old, or not ours: there is nothing to say.
            return null;
        }
    }

    private static ITimeLimitedDataProtector Protector(HttpContext context) =>
        context.RequestServices.GetRequiredService<IDataProtectionProvider>().CreateProtector("notices").ToTimeLimitedDataProtector();
}
