using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace Labeler.Web.Security;

/// <summary>
/// What cookies say, deciphered once in a while and not with each of the dozens of pictures that a page asks for. Only that is remembered:
/// whether it is too old, and whether session, account and role still hold, is asked of every request as before.
/// </summary>
internal sealed class KnownTickets(ISecureDataFormat<AuthenticationTicket> cipher) : ISecureDataFormat<AuthenticationTicket>, IDisposable
{
    // Less than the time within which whatever ended must have ended everywhere, should a key be revoked.
    private static readonly TimeSpan Kept = Rights.Limit * 0.5;

    private readonly MemoryCache _known = new(new MemoryCacheOptions { SizeLimit = 10_000 });

    /// <summary>Puts it before the format of the cookie that people are signed in by.</summary>
    internal sealed class Setup : IPostConfigureOptions<CookieAuthenticationOptions>
    {
        public void PostConfigure(string? name, CookieAuthenticationOptions options)
        {
            if (name == IdentityConstants.ApplicationScheme)
            {
                options.TicketDataFormat = new KnownTickets(options.TicketDataFormat);
            }
        }
    }

    public string Protect(AuthenticationTicket data) => cipher.Protect(data);

    public string Protect(AuthenticationTicket data, string? purpose) => cipher.Protect(data, purpose);

    public AuthenticationTicket? Unprotect(string? protectedText) => Unprotect(protectedText, null);

    /// <summary>A ticket of the caller's own; null where the text is not one of ours, which is never remembered.</summary>
    public AuthenticationTicket? Unprotect(string? protectedText, string? purpose)
    {
        if (protectedText is null)
        {
            return cipher.Unprotect(protectedText, purpose);
        }
        // By a digest, so that no good cookie lies in memory for longer than its request.
        var key = (Digest(protectedText), purpose);
        if (_known.TryGetValue(key, out AuthenticationTicket? known))
        {
            return known!.Clone();
        }
        var ticket = cipher.Unprotect(protectedText, purpose);
        if (ticket is not null)
        {
            _known.Set(key, ticket.Clone(), new MemoryCacheEntryOptions { AbsoluteExpirationRelativeToNow = Kept, Size = 1 });
        }
        return ticket;
    }

    public void Dispose() => _known.Dispose();

    private static string Digest(string text) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
