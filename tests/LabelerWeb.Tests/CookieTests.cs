using Labeler.Shared.Accounts;

namespace Labeler.Web.Tests;

public sealed class CookieTests(WebHost host) : IClassFixture<WebHost>
{
    [Fact]
    public async Task Behind_https_every_cookie_is_for_https_alone()
    {
        await host.Make("Ann of cookies", Role.Annotator);
        using var browser = host.CreateClient(new() { AllowAutoRedirect = false, BaseAddress = new("https://localhost") });
        var set = await Walk(browser, "Ann of cookies");
        Assert.All(set, cookie => Assert.Contains("; secure", cookie, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Behind_a_proxy_that_speaks_https_they_are_too()
    {
        using var browser = host.Browser();
        browser.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
        var cookie = Assert.Single(Cookies(await browser.GetAsync("/sign-in")));
        Assert.StartsWith(".AspNetCore.Antiforgery", cookie, StringComparison.Ordinal);
        Assert.Contains("; secure", cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Where_the_public_address_is_https_they_are_whatever_the_request()
    {
        await using var own = new WebHost { Settings = [("Web:PublicAddress", "https://label.example.org")] };
        using var browser = own.Browser();
        Assert.Contains("; secure", Assert.Single(Cookies(await browser.GetAsync("/sign-in"))), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Without_https_nobody_is_kept_out()
    {
        await host.Make("Ben of cookies", Role.Annotator);
        using var browser = host.Browser();
        Assert.All(await Walk(browser, "Ben of cookies"), cookie => Assert.DoesNotContain("; secure", cookie, StringComparison.OrdinalIgnoreCase));
    }

    // Everything that sets a cookie: forms, signing in, a notice, the theme, signing out.
    private static async Task<List<string>> Walk(HttpClient browser, string name)
    {
        var set = Cookies(await browser.GetAsync("/sign-in"));
        set.AddRange(Cookies(await browser.SignIn(name)));
        set.AddRange(Cookies(await browser.Submit("/account", "profile", ("Form.Name", $"{name} too"), ("Form.Theme", "Dark"), ("Form.OptOuts", ""))));
        set.AddRange(Cookies(await browser.GetAsync("/account")));
        set.AddRange(Cookies(await browser.Post("/account", "/account/sign-out")));
        var names = set.Select(cookie => cookie.Split('=')[0]).ToHashSet();
        Assert.Superset(new HashSet<string> { "labeler", "device", "theme", "notice" }, names);
        Assert.Contains(names, one => one.StartsWith(".AspNetCore.Antiforgery", StringComparison.Ordinal));
        return set;
    }

    private static List<string> Cookies(HttpResponseMessage answer) => answer.Headers.TryGetValues("Set-Cookie", out var set) ? [.. set] : [];
}
