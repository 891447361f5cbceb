using Labeler.Browser.Tests.Labeling;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Labeler.Browser.Tests;

[Collection(nameof(Browsing))]
public sealed class TeamTests(LabelingFixture fixture) : IClassFixture<LabelingFixture>
{
    [Fact]
    public async Task A_member_who_is_removed_is_out_of_the_page_that_they_have_open()
    {
        var seeded = await fixture.Seed("Team of two", groups: 2);
        await using var member = await fixture.Invited("Mia of the team");
        await using var admin = await fixture.Admin();
        var page = admin.Page;
        await admin.Go("/p/team-of-two/members");
        await page.GetByLabel("Name").FillAsync("Mia of the team");
        await page.GetByLabel("Role", new() { Exact = true }).SelectOptionAsync("lead");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add", Exact = true }).ClickAsync();
        await Expect(page.Locator(".data-table tbody tr")).ToHaveCountAsync(1);
        await page.GetByRole(AriaRole.Button, new() { Name = "Members only" }).ClickAsync();
        await admin.Confirm();
        await Expect(page.Locator("main")).ToContainTextAsync("Only members take part now.");
        await Expect(page.Locator(".data-table tbody tr")).ToHaveCountAsync(1);
        await admin.Take("members", fullPage: true);

        // An annotator of the installation, who is a lead here alone.
        await member.Go("/p/team-of-two/review/votes");
        await Expect(member.Page.Locator(".data-table")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Mia of the team" }).ClickAsync();
        await admin.Take("member", fullPage: true);
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove" }).ClickAsync();
        await admin.Confirm();
        await member.Page.WaitForURLAsync(url => !url.Contains("/p/team-of-two", StringComparison.Ordinal), new() { WaitUntil = WaitUntilState.Commit });
        member.Expect("404");
        Assert.Equal(404, await member.Go("/p/team-of-two/label"));
    }

    [Fact]
    public async Task A_team_is_made_given_a_role_and_a_quota_and_who_has_given_it_is_thanked()
    {
        var seeded = await fixture.Seed("Worked in shifts", groups: 4);
        await using var person = await fixture.Invited("Nia of the shift");
        await using var admin = await fixture.Admin();
        var page = admin.Page;
        await admin.Go("/people");
        await page.GetByLabel("Name of a new team").FillAsync("Morning shift");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make a team" }).ClickAsync();
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Nia of the shift");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add", Exact = true }).ClickAsync();
        await Expect(page.Locator("ul.plain.field").First).ToContainTextAsync("Nia of the shift");
        await admin.Go("/p/worked-in-shifts/members");
        await page.GetByLabel("Team").SelectOptionAsync("Morning shift");
        await page.Locator("#team-role").SelectOptionAsync("reviewer");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add the team" }).ClickAsync();
        await Expect(page.Locator("ul.plain.field")).ToContainTextAsync("Morning shift");
        await page.GetByLabel("Votes in a day, at most").FillAsync("1");
        await page.GetByRole(AriaRole.Button, new() { Name = "Set the quota" }).ClickAsync();
        await Expect(page.Locator("main")).ToContainTextAsync("The quota is set.");
        await Expect(page.Locator(".data-table tbody tr")).ToHaveCountAsync(1);
        await admin.Take("members-of-teams", fullPage: true);
        await page.GetByRole(AriaRole.Link, new() { Name = "Nia of the shift" }).ClickAsync();
        await Expect(page.GetByLabel("Prompts of Nia of the shift")).ToBeVisibleAsync();
        await admin.Take("member-of-a-team", fullPage: true);

        var screen = await LabelingScreen.Open(person, seeded);
        await screen.Press("2", "Enter");
        await Expect(person.Page.Locator("[data-state=quota-day]")).ToBeVisibleAsync();
        await Expect(person.Page.Locator("main")).ToContainTextAsync("Thank you, that is all for today");
        await screen.AllSaved();
        Assert.Single(await LabelingFixture.Votes(seeded));
        await person.Take("quota-reached");
        await person.Go("/label");
        await Expect(person.Page.Locator("main")).ToContainTextAsync("Your votes: 1 of 1 today.");
        await admin.Go("/p/worked-in-shifts");
        await Expect(page.Locator("main")).ToContainTextAsync("Quotas");
        await admin.Take("quotas", fullPage: true);

        // Out of the team is out of a page that is open, too.
        await person.Go("/p/worked-in-shifts/review/votes");
        await Expect(person.Page.Locator(".data-table")).ToBeVisibleAsync();
        await admin.Go("/people");
        await admin.Take("people-and-teams", fullPage: true);
        await page.GetByRole(AriaRole.Link, new() { Name = "Morning shift" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Member of" })).ToBeVisibleAsync();
        await admin.Take("team", fullPage: true);
        person.Expect("403");
        await page.GetByRole(AriaRole.Button, new() { Name = "Take out" }).ClickAsync();
        await admin.Confirm();
        // The page asks for itself once more, and is refused.
        await Expect(person.Page.Locator(".empty-code")).ToHaveTextAsync("403");
        Assert.Equal(403, await person.Go("/p/worked-in-shifts/review"));
    }

    [Fact]
    public async Task A_token_s_key_is_shown_once_and_the_log_says_that_it_was_made()
    {
        await fixture.Seed("Asked by programs", groups: 1);
        await using var admin = await fixture.Admin();
        var page = admin.Page;
        await admin.Go("/account/tokens");
        await page.GetByLabel("Name").FillAsync("nightly download");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make a token" }).ClickAsync();
        await Expect(page.Locator(".notice code")).ToContainTextAsync("lblr_");
        await admin.Take("tokens", fullPage: true);
        await page.ReloadAsync();
        await Expect(page.Locator(".notice code")).ToHaveCountAsync(0);
        await Expect(page.Locator("main")).ToContainTextAsync("nightly download");
        await admin.Go("/programs");
        await page.GetByText("Takes items to judge").ClickAsync();
        await admin.Take("programs", fullPage: true);
        await admin.Go("/system/audit");
        await page.Filter("Action", "/account/tokens/new");
        await Expect(page.Locator(".data-table tbody tr").First).ToContainTextAsync("nightly download");
        await admin.Take("audit-log", fullPage: true);
    }
}
