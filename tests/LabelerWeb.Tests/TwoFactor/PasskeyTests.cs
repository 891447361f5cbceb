using System.Net;
using AngleSharp.Html.Parser;
using Labeler.Shared.Accounts;
using Labeler.Shared.Audit;
using Labeler.Shared.Data;
using Labeler.Web.Tests.Audit;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Web.Tests.TwoFactor;

/// <summary>What is refused of passkeys; that they work needs a browser.</summary>
public sealed class PasskeyTests(WebHost host) : IClassFixture<WebHost>
{
    private const string Failed = "The passkey did not work. Try again, or sign in by the password.";

    public static TheoryData<string> Nonsense => ["", "nothing", "{}", "null", "{\"id\":\"AAAA\",\"rawId\":\"AAAA\",\"type\":\"public-key\",\"response\":{}}", new string('x', 40_000)];

    [Theory]
    [MemberData(nameof(Nonsense))]
    public async Task What_is_no_answer_to_what_was_asked_lets_nobody_in_and_is_one_line(string credential)
    {
        using var browser = host.Browser();
        foreach (var asked in new[] { false, true })
        {
            if (asked)
            {
                using var options = await browser.Post("/sign-in", "/sign-in/passkey/options");
                Assert.Contains("\"challenge\"", await options.Content.ReadAsStringAsync());
            }
            Assert.Equal("/sign-in", await browser.Post("/sign-in", "/sign-in/passkey", ("credential", credential)).Location());
            Assert.Equal(Failed, await Notice(browser, "/sign-in"));
        }
        Assert.NotEmpty(await host.AuditLines(line => line.Action == "POST /sign-in/passkey" && line.Outcome == AuditOutcome.Refused, 1));
    }

    [Fact]
    public async Task None_is_added_without_the_password_and_a_device_s_answer()
    {
        using var own = await host.SignedIn("Ann of passkeys", Role.Annotator);
        using (var options = await own.Post("/account/passkeys", "/account/passkeys/options"))
        {
            var text = await options.Content.ReadAsStringAsync();
            Assert.Contains("\"userVerification\":\"required\"", text);
            Assert.Contains("\"name\":\"Ann of passkeys\"", text);
        }
        await Add("x", "not this one");
        Assert.Equal("The present password is wrong.", await Notice(own, "/account/passkeys"));
        await Add("x", Forms.Password);
        Assert.Equal(Failed, await Notice(own, "/account/passkeys"));
        await Add(" ", Forms.Password);
        Assert.Equal("A passkey has a name of 1 to 60 characters.", await Notice(own, "/account/passkeys"));
        await own.Post("/account/passkeys", "/account/passkeys/remove", ("id", "AAAA"));
        Assert.Equal("There is no such passkey any more; load the page again.", await Notice(own, "/account/passkeys"));
        Assert.False(await host.With<LabelerDb, bool>(db => db.UserPasskeys.AnyAsync()));

        Task Add(string name, string password) => own.Post("/account/passkeys", "/account/passkeys/add", ("name", name), ("password", password), ("credential", "{}"));
    }

    [Fact]
    public async Task Its_counter_is_kept_as_it_grows_and_an_admin_takes_it_away()
    {
        using var admin = await host.SignedIn("Ben of passkeys", Role.Admin);
        var account = await host.Make("Cyd of passkeys", Role.Annotator);
        foreach (var counter in new uint[] { 1, 2 })
        {
            var passkey = new UserPasskeyInfo([1, 2, 3], [4], DateTimeOffset.UtcNow, counter, ["usb"], true, false, false, [5], [6]) { Name = "kept" };
            await host.With<UserManager<Account>, IdentityResult>(async accounts => await accounts.AddOrUpdatePasskeyAsync((await accounts.FindByIdAsync(account.Id.ToString()))!, passkey));
            Assert.Equal(counter, Assert.Single(await Kept()).SignCount);
        }
        using (var answer = await admin.Press($"/people/{account.Id}", "Reset the second factor"))
        {
            Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        }
        Assert.Empty(await Kept());

        Task<IList<UserPasskeyInfo>> Kept() => host.With<UserManager<Account>, IList<UserPasskeyInfo>>(accounts => accounts.GetPasskeysAsync(account));
    }

    private static async Task<string?> Notice(HttpClient browser, string page) =>
        new HtmlParser().ParseDocument(await browser.GetStringAsync(page)).QuerySelector(".notice.bad:not([hidden])")?.TextContent.Trim();
}
