using Microsoft.Playwright;

namespace Labeler.Browser.Tests;

[Collection(nameof(Browsing))]
public sealed class ProjectTests(Browsing browsing)
{
    [Fact]
    public async Task An_admin_makes_a_score_project_and_adds_an_option_in_the_live_rows()
    {
        await using var server = await LabelerServer.Start("Trainer:Start=false");
        await using var admin = await browsing.FirstAdmin(server);
        var page = admin.Page;
        await admin.Go("/projects");
        await admin.Take("projects-empty");
        await page.GetByRole(AriaRole.Link, new() { Name = "Make the first one" }).ClickAsync();
        await page.GetByLabel("Name", new() { Exact = true }).First.FillAsync("Mirrors");
        await page.GetByText("Score", new() { Exact = true }).ClickAsync();
        await page.GetByLabel("For sampling and training").FillAsync("a red flag and its reflection in the mirror");

        // The rows are an island: the click goes over the circuit, and what is typed elsewhere stays.
        await Assertions.Expect(page.Locator(".choice-row")).ToHaveCountAsync(5);
        await page.GetByRole(AriaRole.Button, new() { Name = "Add an option" }).ClickAsync();
        await Assertions.Expect(page.Locator(".choice-row")).ToHaveCountAsync(6);
        var added = page.Locator(".choice-row").Last;
        await added.Locator("[name='Choice.Name']").FillAsync("8");
        await added.Locator("[name='Choice.Value']").FillAsync("8");
        await admin.Take("project-new", fullPage: true);
        await page.GetByRole(AriaRole.Button, new() { Name = "Create and start sampling" }).ClickAsync();
        await Assertions.Expect(page.GetByText("The project Mirrors is made.")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("being sampled");

        await admin.Go("/p/mirrors/settings");
        await Assertions.Expect(page.Locator(".choice-row")).ToHaveCountAsync(6);
        await admin.Take("project-edit", fullPage: true);

        await page.GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("Nothing is lost");
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await Assertions.Expect(page.GetByText("No project yet")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_project_s_form_is_checked_and_previewed_while_somebody_types()
    {
        await using var admin = await (await browsing.Common).Admin();
        var page = admin.Page;
        await admin.Go("/projects/new");
        await page.GetByRole(AriaRole.Link, new() { Name = "Hands", Exact = true }).ClickAsync();
        var said = page.Locator(".project-check");
        var name = page.GetByLabel("Name", new() { Exact = true }).First;
        await Assertions.Expect(name).ToHaveValueAsync("Hands");
        await Assertions.Expect(said.Locator(".preview-tile")).ToHaveCountAsync(7);
        await Assertions.Expect(said.Locator(".check-faults")).ToHaveCountAsync(0);
        await name.FillAsync("Typed");
        await page.GetByText("Pictures", new() { Exact = true }).First.ClickAsync();
        await page.GetByLabel("Images per group").FillAsync("99");
        await Assertions.Expect(said.Locator(".check-faults")).ToContainTextAsync("Images per group must be between 1 and 16");
        await admin.Take("project-form-fault", fullPage: true);
        await page.GetByLabel("Images per group").FillAsync("4");
        await Assertions.Expect(said.Locator(".check-faults")).ToHaveCountAsync(0);
        await Assertions.Expect(said.Locator(".preview-tile")).ToHaveCountAsync(4);
        await page.GetByText("Rank a group", new() { Exact = true }).ClickAsync();
        await Assertions.Expect(said.Locator(".preview-answers")).ToContainTextAsync("ties allowed");
        // What is missing in a part that is folded away unfolds it.
        await page.GetByLabel("Images per group").FillAsync("");
        await page.GetByText("Pictures", new() { Exact = true }).First.ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Create only" }).ClickAsync();
        await Assertions.Expect(page.GetByLabel("Images per group")).ToBeFocusedAsync();
        await page.GetByLabel("Images per group").FillAsync("4");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create only" }).ClickAsync();
        await Assertions.Expect(page.GetByText("The project Typed is made.")).ToBeVisibleAsync();
        await admin.Go("/p/typed/settings");
        await page.GetByRole(AriaRole.Link, new() { Name = "Clone" }).ClickAsync();
        await Assertions.Expect(name).ToHaveValueAsync("Typed, copy");
        await admin.Take("project-clone", fullPage: true);
    }

    [Fact]
    public async Task A_fresh_installation_lists_its_demo_projects()
    {
        await using var server = await LabelerServer.Start("Web:DemoProjects=true", "Trainer:Start=false");
        await using var admin = await browsing.FirstAdmin(server);
        await admin.Go("/projects");
        await Assertions.Expect(admin.Page.Locator(".project")).ToHaveCountAsync(6);
        await admin.Take("projects", fullPage: true);
    }
}
