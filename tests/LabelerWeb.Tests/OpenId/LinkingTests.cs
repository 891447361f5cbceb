using System.Net;
using AngleSharp.Html.Parser;
using Labeler.Shared.Accounts;
using Labeler.Shared.Audit;
using Labeler.Shared.Data;
using Labeler.Web.Security.OpenId;
using Labeler.Web.Tests.Audit;
using Labeler.Web.Tests.TwoFactor;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Web.Tests.OpenId;

/// <summary>An account with a password to which the provider leads as well.</summary>
public sealed class LinkingTests(ProvidedHost provided) : IClassFixture<ProvidedHost>
{
    private WebHost Host => provided.Host;

    [Fact]
    public async Task Both_ways_lead_to_the_same_account_until_it_is_unlinked()
    {
        var account = await Host.Make("Ann links", Role.Lead);
        using var own = Host.Browser();
        await own.SignIn("Ann links");
        provided.Comes("of Ann", "Ann at the university", "labelers");
        Assert.Equal("/account", await Link(own));
        Assert.Equal("It is linked: both ways lead to this account now.", await Notice(own));
        Assert.Equal(account.Id, (await provided.Of("of Ann")).Id);

        // Her groups there give less and then nothing; her role is what a person gave her here.
        foreach (var groups in new string[][] { ["labelers"], [] })
        {
            using var other = Host.Browser();
            provided.Comes("of Ann", "Ann at the university", groups);
            Assert.Equal("/account", await ProvidedHost.Enter(other, "/account"));
            Assert.Contains("value=\"Ann links\"", await other.GetStringAsync("/account"), StringComparison.Ordinal);
            Assert.Equal([Role.Annotator, Role.Lead], await provided.RolesOf(account.Id));
        }
        using (var byPassword = Host.Browser())
        {
            Assert.Equal(HttpStatusCode.Found, (await byPassword.SignIn("Ann links")).StatusCode);
        }

        using var there = Host.Browser();
        Assert.Equal("/", await ProvidedHost.Enter(there));
        using (var wrong = await Change(own, "unlink", "not this one"))
        {
            Assert.Equal("The present password is wrong.", await Notice(own));
        }
        Assert.Equal("linked", await Badge(own));
        using (var right = await Change(own, "unlink", Forms.Password))
        {
            Assert.Equal("It is unlinked: your password and your passkeys let you in.", await Notice(own));
        }
        Assert.Equal("not linked", await Badge(own));
        Assert.Equal(HttpStatusCode.Found, (await there.GetAsync("/account")).StatusCode);
        // Whoever it is there gets an account of their own now, as anybody who comes first.
        using var stranger = Host.Browser();
        provided.Comes("of Ann", "Ann at the university", "labelers");
        Assert.Equal("/", await ProvidedHost.Enter(stranger));
        Assert.NotEqual(account.Id, (await provided.Of("of Ann")).Id);

        var changes = await Host.AuditLines(line => line.Who == "Ann links" && line.Action == $"POST {OpenIdSetup.Linking}", 3);
        Assert.True(changes.Count >= 3);
        var linked = Assert.Single(await Host.AuditLines(line => line.Who == "Ann links" && line.Action == $"GET {OpenIdSetup.LinkArrived}", 1));
        Assert.Equal(AuditOutcome.Done, linked.Outcome);
    }

    [Fact]
    public async Task Without_the_password_there_is_no_way_to_the_provider()
    {
        using var own = await Host.SignedIn("Ben links", Role.Annotator);
        Assert.Equal("/account", await own.GetAsync(OpenIdSetup.LinkStart).Location());
        Assert.Equal("Give your password or a passkey first; it counts for five minutes.", await Notice(own));
        foreach (var (password, credential, said) in new[] { ("not this one", "", "The present password is wrong."), ("", "{}", "The passkey did not work. Try again, or sign in by the password.") })
        {
            using var refused = await Change(own, "link", password, credential);
            Assert.Equal(said, await Notice(own));
            Assert.Equal("/account", await own.GetAsync(OpenIdSetup.LinkStart).Location());
        }
        // What one account is allowed, another in the same browser is not.
        using (var allowed = await Change(own, "link", Forms.Password))
        {
            Assert.Contains(OpenIdSetup.LinkStart, await own.GetStringAsync("/account"), StringComparison.Ordinal);
        }
        await own.Post("/account", "/account/sign-out");
        await Host.Make("Cyd links", Role.Annotator);
        await own.SignIn("Cyd links");
        Assert.Equal("/account", await own.GetAsync(OpenIdSetup.LinkStart).Location());
    }

    [Fact]
    public async Task Somebody_who_has_another_account_here_is_not_linked_and_one_line_says_so()
    {
        using var first = Host.Browser();
        provided.Comes("of Dot", "Dot there", "labelers");
        Assert.Equal("/", await ProvidedHost.Enter(first));
        var before = (await provided.Of("of Dot")).Id;
        using var own = await Host.SignedIn("Dot links", Role.Annotator);
        Assert.Equal("/account", await Link(own));
        Assert.Equal($"Whoever you are at {ProvidedHost.Name} has another account here already. Nothing was linked.", await Notice(own));
        Assert.Equal(before, (await provided.Of("of Dot")).Id);
        Assert.Equal("not linked", await Badge(own));
        var line = Assert.Single(await Host.AuditLines(line => line.Who == "Dot links" && line.Action == $"GET {OpenIdSetup.LinkArrived}", 1));
        Assert.Equal(AuditOutcome.Refused, line.Outcome);
    }

    [Fact]
    public async Task An_answer_to_one_question_is_none_to_another()
    {
        // Who asked for linking is not signed in by the answer.
        using var own = await Host.SignedIn("Eli links", Role.Annotator);
        provided.Comes("of Eli", "Eli there", "labelers");
        using (var allowed = await Change(own, "link", Forms.Password))
        {
            var address = await ProvidedHost.Answer(own, OpenIdSetup.LinkStart);
            using var back = await own.GetAsync(address);
            Assert.EndsWith(OpenIdSetup.LinkArrived, back.Headers.Location!.OriginalString, StringComparison.Ordinal);
            Assert.Equal("/sign-in?refused=Failed", await own.GetAsync(OpenIdSetup.Arrived).Location());
        }
        // And who asked to be signed in is not linked.
        var asked = await ProvidedHost.Ask(own);
        using (var back = await own.GetAsync(asked))
        {
            Assert.Equal("/account", await own.GetAsync(OpenIdSetup.LinkArrived).Location());
            Assert.Equal($"Linking with {ProvidedHost.Name} did not work. Begin anew.", await Notice(own));
        }
        Assert.False(await Host.With<LabelerDb, bool>(db => db.UserLogins.AnyAsync(login => login.ProviderKey.EndsWith("|of Eli"))));
    }

    [Fact]
    public async Task The_only_way_in_is_not_taken_away()
    {
        using var browser = Host.Browser();
        provided.Comes("of Flo", "Flo there", "labelers");
        Assert.Equal("/account", await ProvidedHost.Enter(browser, "/account"));
        Assert.DoesNotContain("id=\"provider\"", await browser.GetStringAsync("/account"), StringComparison.Ordinal);
        using var refused = await Change(browser, "unlink", "");
        Assert.Equal("This account has no password: nothing else would let you in.", await Notice(browser));
        Assert.Equal("Flo there", (await provided.Of("of Flo")).DisplayName);
    }

    [Fact]
    public async Task An_admin_who_resets_the_second_factor_takes_the_link_too()
    {
        using var admin = await Host.SignedIn("Gus links", Role.Admin);
        var account = await Host.Make("Hal links", Role.Annotator);
        using var own = Host.Browser();
        await own.SignIn("Hal links");
        provided.Comes("of Hal", "Hal there", "labelers");
        Assert.Equal("/account", await Link(own));
        using var pressed = await admin.Press($"/people/{account.Id}", "Reset the second factor");
        Assert.False(await Host.With<LabelerDb, bool>(db => db.UserLogins.AnyAsync(login => login.UserId == account.Id)));
        Assert.Equal(HttpStatusCode.Found, (await own.GetAsync("/account")).StatusCode);
    }

    private static async Task<string> Link(HttpClient own)
    {
        using var allowed = await Change(own, "link", Forms.Password);
        Assert.Equal("/account#provider", allowed.Headers.Location!.OriginalString);
        return await ProvidedHost.Follow(own, await ProvidedHost.Answer(own, OpenIdSetup.LinkStart), OpenIdSetup.LinkArrived);
    }

    private static Task<HttpResponseMessage> Change(HttpClient own, string change, string password, string credential = "")
    {
        own.DefaultRequestHeaders.Referrer = new(own.BaseAddress!, "/account");
        return own.Post("/account", OpenIdSetup.Linking, ("change", change), ("password", password), ("credential", credential));
    }

    private static async Task<string?> Notice(HttpClient own) =>
        new HtmlParser().ParseDocument(await own.GetStringAsync("/account")).QuerySelector(".notice:not([hidden])")?.TextContent.Trim();

    private static async Task<string?> Badge(HttpClient own) =>
        new HtmlParser().ParseDocument(await own.GetStringAsync("/account")).QuerySelector("#provider .badge")?.TextContent.Trim();
}
