using System.Security.Claims;
using Labeler.Web.Security;
using Microsoft.AspNetCore.Authentication;

namespace Labeler.Web.Tests;

public sealed class KnownTicketTests
{
    [Fact]
    public void A_cookie_is_deciphered_once_and_each_request_gets_a_ticket_of_its_own()
    {
        var cipher = new Cipher();
        using var known = new KnownTickets(cipher);
        var first = known.Unprotect("good", "cookies")!;
        first.Properties.Items["session"] = "changed by its request";
        first.Principal.AddIdentity(new ClaimsIdentity([new Claim("role", "added by its request")]));
        var second = known.Unprotect("good", "cookies")!;
        Assert.Equal(1, cipher.Asked);
        Assert.Equal("as written", second.Properties.Items["session"]);
        Assert.DoesNotContain(second.Principal.Claims, claim => claim.Type == "role");
    }

    [Fact]
    public void What_is_none_of_ours_is_asked_about_each_time_and_a_purpose_is_part_of_what_is_known()
    {
        var cipher = new Cipher();
        using var known = new KnownTickets(cipher);
        Assert.Null(known.Unprotect("forged", "cookies"));
        Assert.Null(known.Unprotect("forged", "cookies"));
        Assert.Null(known.Unprotect(null, "cookies"));
        Assert.Equal(3, cipher.Asked);
        Assert.NotNull(known.Unprotect("good", "cookies"));
        Assert.NotNull(known.Unprotect("good", "another purpose"));
        Assert.Equal(5, cipher.Asked);
    }

    private sealed class Cipher : ISecureDataFormat<AuthenticationTicket>
    {
        public int Asked { get; private set; }

        public string Protect(AuthenticationTicket data) => "good";

        public string Protect(AuthenticationTicket data, string? purpose) => "good";

        public AuthenticationTicket? Unprotect(string? protectedText) => Unprotect(protectedText, null);

        public AuthenticationTicket? Unprotect(string? protectedText, string? purpose)
        {
            Asked++;
            return protectedText != "good" ? null : new AuthenticationTicket(
                new ClaimsPrincipal(new ClaimsIdentity([new Claim("name", "somebody")])),
                new AuthenticationProperties(new Dictionary<string, string?> { ["session"] = "as written" }), "cookies");
        }
    }
}
