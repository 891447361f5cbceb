using System.Net;
using System.Text.RegularExpressions;
using Labeler.Shared.Accounts;
using Labeler.Web.Security;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Labeler.Web.Tests;

public sealed partial class SignInTests : IAsyncDisposable
{
    private const string Mistaken = "a wrong password";
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UtcNow);
    private readonly WebHost _host;
    private int _hashes;

    public SignInTests() => _host = new()
    {
        Clock = _clock,
        Configure = services => services.Replace(ServiceDescriptor.Scoped<IPasswordHasher<Account>>(
            provider => new CountingHasher(provider.GetRequiredService<IOptions<PasswordHasherOptions>>(), () => _hashes++))),
    };

    [Fact]
    public async Task Wrong_passwords_from_one_address_cost_time_and_the_right_one_is_let_in_after_it()
    {
        await _host.Make("Ann", Role.Annotator);
        using var browser = From("192.0.2.1");
        await Fail(browser, "Ann", FailedSignIns.FreeFromOnePlace);
        Assert.Equal("Too many wrong passwords. Wait 10 seconds, then try again.", await Refusal(browser, "Ann", Forms.Password));
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(HttpStatusCode.Found, (await browser.SignIn("Ann")).StatusCode);
    }

    [Fact]
    public async Task The_tries_of_strangers_lock_neither_a_device_that_was_signed_in_nor_another_name()
    {
        await _host.Make("Ben", Role.Admin);
        await _host.Make("Cyd", Role.Annotator);
        using var own = From("192.0.2.1");
        await own.SignIn("Ben");
        await own.Post("/account", "/account/sign-out");
        // Also from the person's own address.
        for (var stranger = 1; stranger <= FailedSignIns.FreeFromEverywhere / FailedSignIns.FreeFromOnePlace; stranger++)
        {
            using var browser = From($"192.0.2.{stranger}");
            await Fail(browser, "Ben", FailedSignIns.FreeFromOnePlace);
        }
        using (var other = From("203.0.113.9"))
        {
            Assert.StartsWith("Too many wrong passwords.", await Refusal(other, "Ben", Forms.Password), StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.Found, (await other.SignIn("Cyd")).StatusCode);
        }
        Assert.Equal(HttpStatusCode.Found, (await own.SignIn("Ben")).StatusCode);
    }

    [Fact]
    public async Task A_device_is_known_for_the_account_that_signed_in_on_it_and_for_no_other()
    {
        await _host.Make("Dot", Role.Annotator);
        await _host.Make("Eli", Role.Annotator);
        using var browser = From("192.0.2.1");
        await browser.SignIn("Dot");
        await browser.Post("/account", "/account/sign-out");
        using (var stranger = From("192.0.2.1"))
        {
            await Fail(stranger, "Dot", FailedSignIns.FreeFromOnePlace);
            await Fail(stranger, "Eli", FailedSignIns.FreeFromOnePlace);
        }
        Assert.StartsWith("Too many wrong passwords.", await Refusal(browser, "Eli", Forms.Password), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Found, (await browser.SignIn("Dot")).StatusCode);
    }

    [Fact]
    public async Task A_wrong_password_an_unknown_name_and_a_disabled_account_get_one_answer_after_the_same_work()
    {
        using var admin = await _host.SignedIn("Flo", Role.Admin);
        await _host.Make("Gus", Role.Annotator);
        var disabled = await _host.Make("Hal", Role.Annotator);
        await admin.Post("/people", $"/people/{disabled.Id}/disable");
        using var browser = From("192.0.2.1");
        await Refusal(browser, "the first unknown name", Mistaken);
        foreach (var (name, password) in new[] { ("Gus", Mistaken), ("Nobody", Mistaken), ("Hal", Mistaken), ("Hal", Forms.Password), ("Nobody", Forms.Password) })
        {
            _hashes = 0;
            Assert.Equal("Name or password is wrong.", await Refusal(browser, name, password));
            Assert.Equal(1, _hashes);
        }
    }

    [Fact]
    public async Task Names_that_do_not_exist_are_slowed_like_others()
    {
        await _host.Make("Ike", Role.Annotator);
        using var browser = From("192.0.2.1");
        await Fail(browser, "Ike", FailedSignIns.FreeFromOnePlace);
        await Fail(browser, "Nobody", FailedSignIns.FreeFromOnePlace);
        Assert.Equal(await Refusal(browser, "Ike", Mistaken), await Refusal(browser, "Nobody", Mistaken));
    }

    [Fact]
    public async Task Wrong_present_passwords_count_as_failed_sign_ins_of_this_device()
    {
        const string next = "five other words in a row";
        using var browser = await _host.SignedIn("Jo", Role.Annotator);
        for (var n = 0; n < FailedSignIns.FreeFromOnePlace; n++)
        {
            Assert.Equal("The present password is wrong.", await Change(browser, "not this one"));
        }
        Assert.Equal("Too many wrong passwords. Wait 10 seconds, then try again.", await Change(browser, Forms.Password));
        await browser.Post("/account", "/account/sign-out");
        Assert.StartsWith("Too many wrong passwords.", await Refusal(browser, "Jo", Forms.Password), StringComparison.Ordinal);
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(HttpStatusCode.Found, (await browser.SignIn("Jo")).StatusCode);

        async Task<string> Change(HttpClient http, string present) =>
            Said(await http.Submit("/account", "password", ("Form.Present", present), ("Form.New", next), ("Form.Again", next)));
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    // The address as the proxy in front says it.
    private HttpClient From(string address)
    {
        var browser = _host.Browser();
        browser.DefaultRequestHeaders.Add("X-Forwarded-For", address);
        return browser;
    }

    private static async Task Fail(HttpClient browser, string name, int times)
    {
        for (var n = 0; n < times; n++)
        {
            Assert.Equal(PasswordGate.Wrong, await Refusal(browser, name, Mistaken));
        }
    }

    private static async Task<string> Refusal(HttpClient browser, string name, string password) => Said(await browser.SignIn(name, password));

    private static string Said(HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return WebUtility.HtmlDecode(Notice().Match(answer.Content.ReadAsStringAsync().Result).Groups[1].Value);
    }

    [GeneratedRegex("""<p class="notice bad" role="alert">([^<]*)</p>""")]
    private static partial Regex Notice();

    private sealed class CountingHasher(IOptions<PasswordHasherOptions> options, Action verified) : PasswordHasher<Account>(options)
    {
        public override PasswordVerificationResult VerifyHashedPassword(Account user, string hashedPassword, string providedPassword)
        {
            verified();
            return base.VerifyHashedPassword(user, hashedPassword, providedPassword);
        }
    }
}
