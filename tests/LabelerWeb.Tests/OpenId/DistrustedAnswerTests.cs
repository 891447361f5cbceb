using System.Net;
using AngleSharp.Html.Parser;
using Labeler.Shared.Audit;
using Labeler.Shared.Data;
using Labeler.Web.Security.OpenId;
using Labeler.Web.Tests.Audit;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace Labeler.Web.Tests.OpenId;

/// <summary>Answers of a provider, and of who pretends to be one, that let nobody in.</summary>
public sealed class DistrustedAnswerTests(ProvidedHost provided) : IClassFixture<ProvidedHost>
{
    public static TheoryData<string, Action<SecurityTokenDescriptor>> Spoiled => new()
    {
        { "another question's nonce", token => token.Claims["nonce"] = "of another question" },
        { "no nonce", token => token.Claims.Remove("nonce") },
        { "another's signature", token => token.SigningCredentials = StandInProvider.AnotherKey() },
        { "no signature", token => token.SigningCredentials = null },
        { "for another application", token => token.Audience = "another application" },
        { "of another issuer", token => token.Issuer = "https://elsewhere.example" },
        { "expired", token => token.Expires = DateTime.UtcNow.AddHours(-1) },
        { "of nobody", token => token.Claims.Remove("sub") },
    };

    [Theory]
    [MemberData(nameof(Spoiled))]
    public async Task A_token_that_is_not_what_it_should_be_lets_nobody_in(string subject, Action<SecurityTokenDescriptor> spoil)
    {
        provided.Comes(subject, "Spoiled", "operators");
        provided.Provider.Spoil = spoil;
        using var browser = provided.Host.Browser();
        await Refused(browser, await ProvidedHost.Enter(browser), OpenIdRefusal.Failed);
        Assert.False(await provided.Host.With<LabelerDb, bool>(db => db.UserLogins.AnyAsync(login => login.ProviderKey.EndsWith($"|{subject}"))));
        // It is nothing else that is refused.
        provided.Comes(subject, "Unspoiled", "labelers");
        Assert.Equal("/", await ProvidedHost.Enter(browser));
    }

    [Fact]
    public async Task An_answer_is_good_once_and_in_the_browser_that_asked()
    {
        provided.Comes("replayed", "Replayed", "labelers");
        using var browser = provided.Host.Browser();
        var address = await ProvidedHost.Ask(browser);
        using (var other = provided.Host.Browser())
        {
            await Refused(other, await ProvidedHost.Follow(other, address), OpenIdRefusal.Failed);
        }
        Assert.Equal("/", await ProvidedHost.Follow(browser, address));
        await browser.Post("/account", "/account/sign-out");
        await Refused(browser, await ProvidedHost.Follow(browser, address), OpenIdRefusal.Failed);
        // Nor can the last step be taken without the ones before.
        await Refused(browser, await ProvidedHost.Follow(browser, OpenIdSetup.Arrived), OpenIdRefusal.Failed);
        var lines = await provided.Host.AuditLines(line => line.Action == $"GET {OpenIdSetup.Callback}" && line.Outcome == AuditOutcome.Refused, 2);
        Assert.True(lines.Count >= 2);
    }

    [Theory]
    [InlineData("?code=x&state=y"), InlineData("?state="), InlineData(""), InlineData("?error=server_error&error_description=%3Cscript%3E"), InlineData("?code=%00&state=%F0%9F%92%A9")]
    public async Task What_nobody_asked_for_is_refused_in_one_line(string query)
    {
        using var browser = provided.Host.Browser();
        await Refused(browser, await ProvidedHost.Follow(browser, OpenIdSetup.Callback + query), OpenIdRefusal.Failed);
    }

    [Fact]
    public async Task A_provider_that_says_no_or_fails_is_one_line_on_the_sign_in_page()
    {
        provided.Comes("denied", "Denied", "labelers");
        provided.Provider.Denies = true;
        using var browser = provided.Host.Browser();
        await Refused(browser, await ProvidedHost.Enter(browser), OpenIdRefusal.Denied);
        foreach (var instead in new[] { Results.StatusCode(500), Results.Text("<h1>out of order</h1>", "text/html"), Results.Json(new { error = "invalid_client" }, statusCode: 401), Results.Json(new { id_token = "no token" }) })
        {
            provided.Comes("failing", "Failing", "labelers");
            provided.Provider.InsteadOfToken = instead;
            await Refused(browser, await ProvidedHost.Enter(browser), OpenIdRefusal.Failed);
        }
    }

    [Fact]
    public async Task A_provider_that_is_down_is_one_line_and_passwords_still_work()
    {
        await using var own = new WebHost { Settings = ProvidedHost.Settings("http://127.0.0.1:1") };
        using var browser = own.Browser();
        await Refused(browser, await ProvidedHost.Follow(browser, OpenIdSetup.Start), OpenIdRefusal.Unreachable);
        await own.Make("Has a password", Labeler.Shared.Accounts.Role.Annotator);
        Assert.Equal(HttpStatusCode.Found, (await browser.SignIn("Has a password")).StatusCode);
    }

    [Fact]
    public async Task The_question_has_a_state_a_nonce_and_a_challenge_and_its_cookies_are_as_strict_as_the_others()
    {
        using var browser = provided.Host.CreateClient(new() { AllowAutoRedirect = false, BaseAddress = new("https://localhost") });
        using var answer = await browser.GetAsync(OpenIdSetup.Start);
        var asked = QueryHelpers.ParseQuery(answer.Headers.Location!.Query);
        Assert.All(["state", "nonce", "code_challenge"], name => Assert.True(asked[name].ToString().Length > 30, name));
        Assert.Equal(("S256", "code", "openid profile"), (asked["code_challenge_method"].ToString(), asked["response_type"].ToString(), asked["scope"].ToString()));
        var set = answer.Headers.GetValues("Set-Cookie").ToList();
        Assert.Equal(2, set.Count);
        Assert.All(set, cookie => Assert.All(["; secure", "; samesite=lax", "; httponly"], part => Assert.Contains(part, cookie, StringComparison.OrdinalIgnoreCase)));
        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("form-action 'self';", policy);
    }

    [Fact]
    public async Task Where_no_provider_is_configured_there_is_no_button_and_no_way()
    {
        await using var own = new WebHost();
        using var browser = own.Browser();
        Assert.DoesNotContain("openid", await browser.GetStringAsync("/sign-in?refused=NoGroup"));
        foreach (var address in new[] { OpenIdSetup.Start, OpenIdSetup.Callback, OpenIdSetup.Arrived })
        {
            using var answer = await browser.GetAsync(address);
            Assert.True(answer.StatusCode == HttpStatusCode.NotFound || answer.Headers.Location!.OriginalString.Contains("/sign-in?ReturnUrl=", StringComparison.Ordinal), address);
        }
    }

    [Theory]
    [InlineData("OpenId:Authority", "http://elsewhere.example", "https address")]
    [InlineData("OpenId:ClientId", "", "ClientId is missing")]
    [InlineData("OpenId:Groups:0:Role", "king", "needs the name of a group and a role")]
    [InlineData("OpenId:Groups:3:Role", "admin", "needs the name of a group and a role")]
    public void Settings_that_cannot_work_are_refused_with_what_to_put_right(string name, string value, string reason)
    {
        var settings = ProvidedHost.Settings("https://provider.example").ToDictionary(one => one.Item1, one => (string?)one.Item2);
        Assert.True(Options(settings).IsOn);
        settings[name] = value;
        Assert.Contains(reason, Assert.Throws<OptionsValidationException>(() => Options(settings)).Message);

        static OpenIdOptions Options(Dictionary<string, string?> settings) => new ServiceCollection().AddOpenId()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .BuildServiceProvider().GetRequiredService<IOptions<OpenIdOptions>>().Value;
    }

    private static async Task Refused(HttpClient browser, string address, OpenIdRefusal why)
    {
        Assert.Equal($"/sign-in?refused={why}", address);
        using var page = await browser.GetAsync(address);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Single(new HtmlParser().ParseDocument(await page.Content.ReadAsStringAsync()).QuerySelectorAll("[role=alert]:not([hidden])"));
        Assert.Equal(HttpStatusCode.Found, (await browser.GetAsync("/account")).StatusCode);
    }
}
