using System.Net;
using Labeler.Shared.Accounts;
using Labeler.Shared.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;

namespace Labeler.Web.Tests;

public sealed class SessionTests(WebHost host) : IClassFixture<WebHost>
{
    [Fact]
    public async Task After_signing_out_the_old_cookie_opens_nothing()
    {
        var (browser, cookie) = await Enter("Ann of sessions");
        Assert.True(await Opens(cookie));
        await browser.Post("/account", "/account/sign-out");
        Assert.False(await Opens(cookie));
        var api = await Ask(cookie, "/api/session");
        Assert.Equal(HttpStatusCode.Unauthorized, api.StatusCode);
    }

    [Fact]
    public async Task Signing_out_everywhere_ends_every_session_at_once()
    {
        var (browser, here) = await Enter("Ben of sessions");
        var there = await Again("Ben of sessions");
        Assert.Equal(HttpStatusCode.Found, (await browser.Post("/account", "/account/sign-out-everywhere")).StatusCode);
        Assert.False(await Opens(here));
        Assert.False(await Opens(there));
        Assert.True(await Opens(await Again("Ben of sessions")));
    }

    [Fact]
    public async Task The_account_page_lists_ones_sessions_and_ends_one_of_them()
    {
        var (browser, here) = await Enter("Cyd of sessions");
        var there = await Again("Cyd of sessions", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "198.51.100.7");
        var page = await browser.GetStringAsync("/account");
        Assert.Contains("Firefox on Linux</strong>, 198.51.100.7", page);
        Assert.Contains("this one", page);
        var id = await host.With<LabelerDb, Guid>(db => db.Sessions.Where(s => s.Address == "198.51.100.7").Select(s => s.Id).SingleAsync());
        await browser.Post("/account", $"/account/sessions/{id}/end");
        Assert.False(await Opens(there));
        Assert.True(await Opens(here));
        Assert.DoesNotContain("Firefox on Linux", await browser.GetStringAsync("/account"));
    }

    [Fact]
    public async Task Nobody_ends_a_session_of_somebody_else()
    {
        var (stranger, _) = await Enter("Dot of sessions");
        var (_, cookie) = await Enter("Eli of sessions");
        var id = await host.With<LabelerDb, Guid>(db => db.Sessions.Where(s => db.Users.Any(a => a.Id == s.AccountId && a.UserName == "Eli of sessions")).Select(s => s.Id).SingleAsync());
        await stranger.Post("/account", $"/account/sessions/{id}/end");
        Assert.True(await Opens(cookie));
    }

    [Fact]
    public async Task A_new_password_ends_the_other_sessions_and_a_new_name_none()
    {
        const string next = "five other words in a row";
        var (browser, _) = await Enter("Flo of sessions");
        var there = await Again("Flo of sessions");
        Assert.Equal(HttpStatusCode.Found, (await browser.Submit("/account", "profile", ("Form.Name", "Florence of sessions"), ("Form.Theme", "Dark"), ("Form.OptOuts", ""))).StatusCode);
        Assert.True(await Opens(there));
        Assert.Equal(2, await Open("Flo of sessions"));
        var answer = await browser.Submit("/account", "password", ("Form.Present", Forms.Password), ("Form.New", next), ("Form.Again", next));
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        Assert.False(await Opens(there));
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/account")).StatusCode);
        Assert.Equal(1, await Open("Flo of sessions"));
    }

    [Theory]
    [InlineData("disable")]
    [InlineData("role")]
    public async Task Who_is_disabled_or_gets_another_role_is_signed_out_at_the_next_request(string what)
    {
        using var admin = await host.SignedIn($"Gus of sessions, {what}", Role.Admin);
        var (_, cookie) = await Enter($"Hal of sessions, {what}", Role.Lead);
        var id = await host.With<LabelerDb, Guid>(db => db.Users.Where(a => a.UserName == $"Hal of sessions, {what}").Select(a => a.Id).SingleAsync());
        Assert.True(await Opens(cookie));
        await admin.Post("/people", $"/people/{id}/{what}", ("role", Role.Annotator));
        Assert.False(await Opens(cookie));
    }

    [Fact]
    public async Task A_session_that_is_used_goes_on_and_is_removed_long_after_its_end()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var own = new WebHost { Clock = clock };
        using var browser = await own.SignedIn("Ike", Role.Annotator);
        for (var day = 0; day < 40; day += 5)
        {
            clock.Advance(TimeSpan.FromDays(5));
            Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/account")).StatusCode);
            await Upkeep(own, clock, db => db.Sessions.AllAsync(s => s.SeenAt > clock.GetUtcNow() - TimeSpan.FromHours(1)));
        }
        await browser.Post("/account", "/account/sign-out");
        Assert.Equal(1, await own.With<LabelerDb, int>(db => db.Sessions.CountAsync()));
        clock.Advance(Session.Kept);
        await Upkeep(own, clock, async db => !await db.Sessions.AnyAsync());
    }

    // Moves the clock until what happens once a minute has happened.
    private static async Task Upkeep(WebHost own, FakeTimeProvider clock, Func<LabelerDb, Task<bool>> happened)
    {
        for (var tries = 0; tries < 100 && !await own.With(happened); tries++)
        {
            clock.Advance(TimeSpan.FromSeconds(10));
            await Task.Delay(20);
        }
        Assert.True(await own.With(happened));
    }

    private async Task<(HttpClient Browser, string Cookie)> Enter(string name, string role = Role.Annotator)
    {
        await host.Make(name, role);
        var browser = host.Browser();
        return (browser, CookieOf(await browser.SignIn(name)));
    }

    private async Task<string> Again(string name, string agent = "test", string address = "198.51.100.1")
    {
        using var browser = host.Browser();
        browser.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", agent);
        browser.DefaultRequestHeaders.Add("X-Forwarded-For", address);
        return CookieOf(await browser.SignIn(name));
    }

    private static string CookieOf(HttpResponseMessage answer) => answer.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("labeler=", StringComparison.Ordinal)).Split(';')[0];

    private async Task<bool> Opens(string cookie) => (await Ask(cookie, "/account")).StatusCode == HttpStatusCode.OK;

    private async Task<HttpResponseMessage> Ask(string cookie, string address)
    {
        using var bare = host.CreateClient(new() { AllowAutoRedirect = false, HandleCookies = false });
        bare.DefaultRequestHeaders.Add("Cookie", cookie);
        return await bare.GetAsync(address);
    }

    private Task<int> Open(string name) =>
        host.With<LabelerDb, int>(db => db.Sessions.Open(DateTimeOffset.UtcNow).CountAsync(s => db.Users.Any(a => a.Id == s.AccountId && a.UserName == name)));
}
