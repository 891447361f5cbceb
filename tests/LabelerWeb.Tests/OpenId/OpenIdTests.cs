using System.Net;
using Labeler.Shared.Accounts;
using Labeler.Shared.Audit;
using Labeler.Shared.Data;
using Labeler.Shared.Members;
using Labeler.Shared.Projects;
using Labeler.Tests.Support;
using Labeler.Web.Features.Audit;
using Labeler.Web.Features.People;
using Labeler.Web.Tests.Audit;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.Web.Tests.OpenId;

/// <summary>People of a provider, who they become here and what they may.</summary>
public sealed class OpenIdTests(ProvidedHost provided) : IClassFixture<ProvidedHost>
{
    private WebHost Host => provided.Host;

    [Fact]
    public async Task Who_comes_first_gets_an_account_and_a_session_and_the_role_of_their_groups()
    {
        using var browser = Host.Browser();
        browser.DefaultRequestHeaders.Add("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0");
        Assert.Contains($"Sign in with {ProvidedHost.Name}", await browser.GetStringAsync("/sign-in"));
        provided.Comes("first", "Ada Lovelace", "labelers", "researchers", "others");
        Assert.Equal("/account", await ProvidedHost.Enter(browser, "/account"));
        var page = await browser.GetStringAsync("/account");
        Assert.Contains("Ada Lovelace", page);
        Assert.Contains("Firefox on Linux", page);
        Assert.DoesNotContain("Present password", page);
        var account = await provided.Of("first");
        Assert.Equal([Role.Annotator, Role.Lead], await provided.RolesOf(account.Id));
        Assert.Null(account.PasswordHash);

        using var elsewhere = Host.Browser();
        Assert.Equal("/", await ProvidedHost.Enter(elsewhere));
        Assert.Equal(2, await Host.With<LabelerDb, int>(db => db.Sessions.CountAsync(s => s.AccountId == account.Id && s.EndedAt == null)));
        await elsewhere.Post("/account", "/account/sign-out-everywhere");
        Assert.Equal(HttpStatusCode.Found, (await browser.GetAsync("/account")).StatusCode);
        var lines = await Lines(line => line.Who == "Ada Lovelace" && line.Action == "GET /sign-in/openid/arrived", 2);
        Assert.All(lines, line => Assert.Equal(AuditOutcome.Done, line.Outcome));
        Assert.Contains(lines, line => line.After?.Contains("Ada Lovelace", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task The_groups_decide_at_every_sign_in_and_another_role_ends_the_sessions_before()
    {
        using var browser = Host.Browser();
        provided.Comes("changing", "Changing Groups", "labelers");
        await ProvidedHost.Enter(browser);
        var account = await provided.Of("changing");
        provided.Comes("changing", "Another Name", "operators");
        using var later = Host.Browser();
        await ProvidedHost.Enter(later);
        Assert.Equal([Role.Admin, Role.Annotator, Role.Lead], await provided.RolesOf(account.Id));
        Assert.Equal(HttpStatusCode.OK, (await later.GetAsync("/people")).StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await browser.GetAsync("/account")).StatusCode);
        Assert.Equal("Changing Groups", (await provided.Of("changing")).DisplayName);
    }

    [Fact]
    public async Task Who_is_in_no_group_of_ours_gets_no_account_and_one_line()
    {
        using var browser = Host.Browser();
        provided.Comes("nobody", "No Group", "others");
        var page = await Refused(browser, "NoGroup");
        Assert.Contains($"You are in no group of {ProvidedHost.Name} that may use this. Ask an admin.", page);
        Assert.False(await Host.With<LabelerDb, bool>(db => db.UserLogins.AnyAsync(login => login.ProviderKey.EndsWith("|nobody"))));
        Assert.NotEmpty(await Lines(line => line.Action == "GET /sign-in/openid/arrived" && line.Outcome == AuditOutcome.Refused && line.Who == null, 1));
    }

    [Fact]
    public async Task Who_is_in_none_of_our_groups_any_more_loses_every_right_and_session()
    {
        await Host.Make("An admin who stays", Role.Admin);
        using var browser = Host.Browser();
        provided.Comes("leaving", "Leaving", "operators");
        await ProvidedHost.Enter(browser);
        var account = await provided.Of("leaving");
        provided.Comes("leaving", "Leaving");
        using var later = Host.Browser();
        await Refused(later, "NoGroup");
        Assert.Empty(await provided.RolesOf(account.Id));
        Assert.Equal(HttpStatusCode.Found, (await browser.GetAsync("/account")).StatusCode);
        Assert.Single(await Lines(line => line.Who == "Leaving" && line.Outcome == AuditOutcome.Refused && line.Action == "GET /sign-in/openid/arrived", 1));
        provided.Comes("leaving", "Leaving", "labelers");
        Assert.Equal("/", await ProvidedHost.Enter(later));
        Assert.Equal([Role.Annotator], await provided.RolesOf(account.Id));
    }

    [Fact]
    public async Task The_last_admin_is_neither_demoted_by_their_groups_nor_let_in()
    {
        await using var provider = await StandInProvider.Start();
        await using var own = new WebHost { Settings = ProvidedHost.Settings(provider.Address) };
        using var browser = own.Browser();
        provider.Groups = ["operators"];
        Assert.Equal("/", await ProvidedHost.Enter(browser));
        foreach (var groups in new string[][] { ["labelers"], [] })
        {
            using var later = own.Browser();
            provider.Groups = groups;
            Assert.Equal("/sign-in?refused=LastAdmin", await ProvidedHost.Enter(later));
            Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/people")).StatusCode);
        }
    }

    [Fact]
    public async Task Nobody_becomes_somebody_else_by_their_name_or_address()
    {
        var local = await Host.Make("Grace Hopper", Role.Admin);
        using var browser = Host.Browser();
        provided.Comes("imitating", "Grace Hopper", "labelers");
        provided.Provider.Spoil = token => (token.Claims["email"], token.Claims["email_verified"], token.Claims["preferred_username"]) = ("grace@example.org", true, "Grace Hopper");
        Assert.Equal("/", await ProvidedHost.Enter(browser));
        var made = await provided.Of("imitating");
        Assert.NotEqual(local.Id, made.Id);
        Assert.Equal("grace@example.org", made.DisplayName);
        Assert.Equal([Role.Annotator], await provided.RolesOf(made.Id));
        provided.Comes("imitating too", "Grace H\u043epper", "labelers");
        using var third = Host.Browser();
        Assert.Equal("/", await ProvidedHost.Enter(third));
        Assert.StartsWith("Person ", (await provided.Of("imitating too")).DisplayName, StringComparison.Ordinal);
        provided.Comes("imitating thrice", "Grace Hopper", "labelers");
        using var fourth = Host.Browser();
        await ProvidedHost.Enter(fourth);
        Assert.Equal("Grace Hopper 2", (await provided.Of("imitating thrice")).DisplayName);
    }

    [Fact]
    public async Task A_disabled_account_is_refused_in_one_line_and_has_no_password_to_be_reset()
    {
        using var admin = await Host.SignedIn("Disables others", Role.Admin);
        using var browser = Host.Browser();
        provided.Comes("disabled", "Soon Disabled", "labelers");
        await ProvidedHost.Enter(browser);
        var account = await provided.Of("disabled");
        Assert.DoesNotContain($"people/{account.Id}/reset", await admin.GetStringAsync($"/people/{account.Id}"));
        await admin.Post($"/people/{account.Id}", $"/people/{account.Id}/reset");
        Assert.Contains("They sign in elsewhere and have no password here.", await admin.GetStringAsync("/people"));
        await Host.With<IServiceProvider, Account>(services => services.GetRequiredService<UserManager<Account>>().Disable(services.GetRequiredService<LabelerDb>(), account.Id, DateTimeOffset.UtcNow));
        Assert.Equal(HttpStatusCode.Found, (await browser.GetAsync("/account")).StatusCode);
        Assert.Contains("Your account is disabled. Ask an admin.", await Refused(browser, "Disabled"));
        Assert.Equal([Role.Annotator], await provided.RolesOf(account.Id));
    }

    [Fact]
    public async Task Groups_make_members_of_projects_and_leave_alone_what_people_gave()
    {
        await using var seeded = await SeededProject.Create(Host.Data, "Hands", LabelingTask.FlagBatch, groups: 1);
        using var browser = Host.Browser();
        provided.Comes("member", "Member By Group", "labelers", "reviewers of hands");
        provided.Provider.TellsGroupsLater = true;
        await ProvidedHost.Enter(browser);
        var account = (await provided.Of("member")).Id;
        Assert.Equal(ProjectRole.Reviewer, (await Membership())!.Role);
        provided.Comes("member", "Member By Group", "labelers");
        await ProvidedHost.Enter(browser);
        Assert.Null(await Membership());
        var giver = await Host.Make("Gives membership", Role.Admin);
        await Host.With<LabelerDb, int>(async db =>
        {
            await Member.Put(db, seeded.Project.Id, account, ProjectRole.Lead, giver.Id, DateTimeOffset.UtcNow);
            return await db.SaveChangesAsync();
        });
        await ProvidedHost.Enter(browser);
        Assert.Equal(ProjectRole.Lead, (await Membership())!.Role);

        Task<Member?> Membership() => Host.With<LabelerDb, Member?>(db => db.Members.AsNoTracking().FirstOrDefaultAsync(m => m.AccountId == account && m.ProjectId == seeded.Project.Id));
    }

    private static async Task<string> Refused(HttpClient browser, string why)
    {
        var address = await ProvidedHost.Enter(browser);
        Assert.Equal($"/sign-in?refused={why}", address);
        Assert.Equal(HttpStatusCode.Found, (await browser.GetAsync("/account")).StatusCode);
        return WebUtility.HtmlDecode(await browser.GetStringAsync(address));
    }

    private Task<List<AuditRow>> Lines(System.Linq.Expressions.Expression<Func<AuditRow, bool>> which, int atLeast) => Host.AuditLines(which, atLeast);
}
