using System.Net;

namespace Labeler.Web.Tests;

public sealed class HeaderTests(WebHost host) : IClassFixture<WebHost>
{
    [Theory]
    [InlineData("/sign-in")]
    [InlineData("/error/404")]
    [InlineData("/css/base.css")]
    [InlineData("/health")]
    public async Task Every_answer_forbids_frames_foreign_scripts_and_guessing_of_types(string address)
    {
        using var browser = host.Browser();
        var answer = await browser.GetAsync(address);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("frame-ancestors 'none'", policy);
        Assert.Contains("script-src 'self' 'nonce-", policy);
        Assert.DoesNotContain("unsafe-inline' ", policy.Split("style-src-attr")[0]);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
    }

    [Fact]
    public async Task A_nonce_is_used_once()
    {
        using var browser = host.Browser();
        var policies = await Task.WhenAll(Enumerable.Range(0, 2).Select(async _ => (await browser.GetAsync("/sign-in")).Headers.GetValues("Content-Security-Policy").Single()));
        Assert.NotEqual(policies[0], policies[1]);
    }

    [Fact]
    public async Task Cookies_are_for_the_server_alone()
    {
        await host.Make("Kim", Labeler.Shared.Accounts.Role.Annotator);
        using var browser = host.Browser();
        var cookie = (await browser.SignIn("Kim")).Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("labeler="));
        Assert.Contains("httponly", cookie);
        Assert.Contains("samesite=lax", cookie);
    }

    [Fact]
    public async Task The_browser_script_is_served_and_may_be_kept_for_a_year()
    {
        using var browser = host.Browser();
        var answer = await browser.GetAsync("/" + System.Text.RegularExpressions.Regex.Match(await browser.GetStringAsync("/sign-in"), "_framework/blazor\\.web\\.[a-z0-9]+\\.js").Value);
        Assert.Equal("text/javascript", answer.Content.Headers.ContentType!.MediaType);
        Assert.True(answer.Headers.CacheControl!.MaxAge > TimeSpan.FromDays(300));
        Assert.Contains("Blazor", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_missing_page_is_404_with_a_page_and_a_missing_api_is_404_without()
    {
        using var browser = await host.SignedIn("Lee", Labeler.Shared.Accounts.Role.Annotator);
        var page = await browser.GetAsync("/nowhere");
        Assert.Equal(HttpStatusCode.NotFound, page.StatusCode);
        Assert.Contains("There is no such page", await page.Content.ReadAsStringAsync());
        var api = await browser.GetAsync("/api/nowhere");
        Assert.Equal(HttpStatusCode.NotFound, api.StatusCode);
        Assert.Empty(await api.Content.ReadAsStringAsync());
    }
}
