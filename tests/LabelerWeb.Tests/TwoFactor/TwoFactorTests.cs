using System.Net;
using Labeler.Shared.Accounts;
using Labeler.Shared.Audit;
using Labeler.Shared.Data;
using Labeler.Tests.Support;
using Labeler.Web.Security;
using Labeler.Web.Security.TwoFactor;
using Labeler.Web.Tests.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;

namespace Labeler.Web.Tests.TwoFactor;

public sealed class TwoFactorTests(WebHost host) : IClassFixture<WebHost>
{
    [Fact]
    public async Task The_password_alone_opens_nothing_and_with_a_code_it_leads_where_the_person_wanted_to_go()
    {
        using var own = await host.SignedIn("Ann of factors", Role.Annotator);
        var (key, _) = await own.TurnOn();
        using var browser = host.Browser();
        Assert.Equal("/sign-in", await browser.GetAsync("/sign-in/code").Location());
        Assert.Equal("/sign-in/code", await browser.Submit("/sign-in?ReturnUrl=%2Faccount", "sign-in", ("Form.Name", "Ann of factors"), ("Form.Password", Forms.Password)).Location());
        Assert.StartsWith("/sign-in?", await browser.GetAsync("/account").Location(), StringComparison.Ordinal);
        Assert.Equal(CodeGate.Wrong, await browser.Code(Totp.Code(key, 20)).Alert());
        Assert.Equal("/account", await browser.Code(Totp.Code(key)).Location());
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/account")).StatusCode);
        var lines = await host.AuditLines(line => line.Who == "Ann of factors" && line.Action == "POST /sign-in/code", 2);
        Assert.Equal([AuditOutcome.Refused, AuditOutcome.Done], lines.OrderBy(line => line.Id).Select(line => line.Outcome));
        Assert.DoesNotContain(lines, line => $"{line.Before}{line.After}".Contains(Totp.Code(key), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_code_is_taken_once_whoever_brings_it_again()
    {
        using var own = await host.SignedIn("Ben of factors", Role.Annotator);
        var key = await own.NewKey();
        var code = Totp.Code(key);
        using (var first = await own.Submit(Authenticator.Page, "two-factor", ("Form.Code", code)))
        {
            Assert.Equal(10, (await Authenticator.Codes(first)).Length);
        }
        using var browser = host.Browser();
        await browser.SignIn("Ben of factors");
        Assert.Equal(CodeGate.Wrong, await browser.Code(code).Alert());
        var next = Totp.Code(key, 1);
        var others = new List<HttpClient>();
        for (var n = 0; n < 4; n++)
        {
            others.Add(host.Browser());
            await others[n].SignIn("Ben of factors");
        }
        var answers = await Task.WhenAll(others.Select(other => other.Code(next)));
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.Found);
    }

    [Fact]
    public async Task Recovery_codes_are_shown_once_stored_as_hashes_and_let_in_once_each()
    {
        using var own = await host.SignedIn("Cyd of factors", Role.Annotator);
        var (key, codes) = await own.TurnOn();
        Assert.Equal(10, codes.Distinct().Count());
        var page = await own.GetStringAsync(Authenticator.Page);
        Assert.Contains("Recovery codes that are left: 10", page);
        Assert.DoesNotContain(codes, code => page.Contains(code, StringComparison.Ordinal));
        var stored = string.Concat(await host.With<LabelerDb, List<string?>>(db => db.UserTokens.Where(t => db.Users.Any(a => a.Id == t.UserId && a.UserName == "Cyd of factors")).Select(t => t.Value).ToListAsync()));
        Assert.DoesNotContain(codes, code => stored.Contains(code, StringComparison.OrdinalIgnoreCase) || stored.Contains(code.Replace("-", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(key.Replace(" ", "", StringComparison.Ordinal), stored);
        using var browser = host.Browser();
        await browser.SignIn("Cyd of factors");
        // As people type them.
        Assert.Equal("/", await browser.Code($" {codes[3].ToLowerInvariant().Replace('-', ' ')} ").Location());
        using var again = host.Browser();
        await again.SignIn("Cyd of factors");
        Assert.Equal(CodeGate.Wrong, await again.Code(codes[3]).Alert());
        Assert.Contains("Recovery codes that are left: 9", await own.GetStringAsync(Authenticator.Page));
        // Others in their place end those before.
        using var renewed = await own.Submit(Authenticator.Page, "second-factor", ("Form.Present", Forms.Password), ("Form.Wish", "codes"));
        var other = await Authenticator.Codes(renewed);
        Assert.Equal(10, other.Length);
        Assert.Equal(CodeGate.Wrong, await again.Code(codes[4]).Alert());
        Assert.Equal("/", await again.Code(other[4]).Location());
    }

    [Fact]
    public async Task Turning_it_off_needs_the_password_and_turning_it_on_signs_other_devices_out()
    {
        using var own = await host.SignedIn("Dot of factors", Role.Annotator);
        using var other = host.Browser();
        await other.SignIn("Dot of factors");
        await own.TurnOn();
        Assert.Equal(HttpStatusCode.Found, (await other.GetAsync("/account")).StatusCode);
        Assert.Equal("The present password is wrong.", await own.Submit(Authenticator.Page, "second-factor", ("Form.Present", "not this one"), ("Form.Wish", "off")).Alert());
        Assert.Equal("/account", await own.Submit(Authenticator.Page, "second-factor", ("Form.Present", Forms.Password), ("Form.Wish", "off")).Location());
        Assert.Contains("The second factor is off.", await own.GetStringAsync("/account"));
        Assert.Equal("/", await other.SignIn("Dot of factors").Location());
        Assert.False(await host.With<LabelerDb, bool>(db => db.UserTokens.AnyAsync(t => t.LoginProvider == AccountStore.Provider && db.Users.Any(a => a.Id == t.UserId && a.UserName == "Dot of factors"))));
    }

    [Fact]
    public async Task An_admin_takes_it_away_for_somebody_who_lost_their_phone_and_the_log_says_so()
    {
        using var admin = await host.SignedIn("Eli of factors", Role.Admin);
        using var own = await host.SignedIn("Flo of factors", Role.Annotator);
        await own.TurnOn();
        var id = await host.With<LabelerDb, Guid>(db => db.Users.Where(a => a.UserName == "Flo of factors").Select(a => a.Id).SingleAsync());
        using (var answer = await admin.Press($"/people/{id}", "Reset the second factor"))
        {
            Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        }
        Assert.Contains("Flo of factors signs in by the password alone now.", await admin.GetStringAsync($"/people/{id}"));
        Assert.Equal(HttpStatusCode.Found, (await own.GetAsync("/account")).StatusCode);
        Assert.Equal("/", await own.SignIn("Flo of factors").Location());
        var line = Assert.Single(await host.AuditLines(line => line.Action == "POST /people/{id:guid}/second-factor" && line.Who == "Eli of factors", 1));
        Assert.Equal($"id {id}", line.Subject);
        Assert.Contains("\"TwoFactorEnabled\":false", line.After!.Replace(" ", "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Guessed_codes_count_as_wrong_passwords_do_and_the_right_password_between_them_does_not_help()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var slow = new WebHost { Clock = clock };
        string key;
        using (var own = await slow.SignedIn("Gus", Role.Annotator))
        {
            (key, _) = await own.TurnOn();
        }
        using var browser = slow.Browser();
        for (var n = 0; n < FailedSignIns.FreeFromOnePlace; n++)
        {
            Assert.Equal("/sign-in/code", await browser.SignIn("Gus").Location());
            Assert.Equal(CodeGate.Wrong, await browser.Code(n % 2 == 0 ? Totp.Code(key, 40 + n) : "AAAAA-BBBBB").Alert());
        }
        Assert.Equal("Too many wrong codes. Wait 10 seconds, then try again.", await browser.Code(Totp.Code(key)).Alert());
        Assert.Equal("Too many wrong passwords. Wait 10 seconds, then try again.", await browser.SignIn("Gus").Alert());
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("/", await browser.Code(Totp.Code(key)).Location());
        // Five minutes after the password it is asked for again.
        using var late = slow.Browser();
        await late.SignIn("Gus");
        clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal("/sign-in", await late.GetAsync("/sign-in/code").Location());
    }

    [Fact]
    public async Task Whose_role_needs_it_reaches_nothing_before_it_is_set_up_and_cannot_turn_it_off()
    {
        await using var strict = new WebHost { Settings = [("SignIn:SecondFactorFrom", Role.Lead)] };
        using var annotator = await strict.SignedIn("Hal", Role.Annotator);
        Assert.Equal(HttpStatusCode.OK, (await annotator.GetAsync("/account")).StatusCode);
        using var lead = await strict.SignedIn("Ida", Role.Lead);
        foreach (var page in new[] { "/", "/account", "/projects", "/account/tokens" })
        {
            Assert.Equal(Authenticator.Page, await lead.GetAsync(page).Location());
        }
        Assert.Equal(HttpStatusCode.Forbidden, (await lead.Post(Authenticator.Page, "/account/tokens/new", ("name", "x"), ("scope", "Lead"), ("days", "9"))).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await lead.GetAsync("/api/places?q=a")).StatusCode);
        Assert.Contains("Here your role needs a second factor.", await lead.GetStringAsync(Authenticator.Page));
        await lead.TurnOn();
        Assert.Equal(HttpStatusCode.OK, (await lead.GetAsync("/projects")).StatusCode);
        Assert.Equal("Here your role needs a second factor.", await lead.Submit(Authenticator.Page, "second-factor", ("Form.Present", Forms.Password), ("Form.Wish", "off")).Alert());
    }
}
