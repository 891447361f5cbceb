using Labeler.Browser.Tests.Labeling;
using Labeler.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Labeler.Browser.Tests;

[Collection(nameof(Browsing))]
public sealed class WebhookTests(LabelingFixture fixture) : IClassFixture<LabelingFixture>
{
    [Fact]
    public async Task A_webhook_is_added_tried_out_and_its_log_says_what_came_of_it()
    {
        await using var receiver = await Receiver.Start();
        await fixture.Seed("Tells others", groups: 1);
        await using var admin = await fixture.Admin();
        var page = admin.Page;
        await admin.Go("/p/tells-others/webhooks");
        await page.GetByLabel("Name").FillAsync("release robot");
        await page.GetByLabel("Address").FillAsync(receiver.Address);
        await page.GetByLabel("gold.below").UncheckAsync();
        await admin.Take("webhooks", fullPage: true);
        await page.GetByRole(AriaRole.Button, new() { Name = "Add", Exact = true }).ClickAsync();
        await Expect(page.Locator(".notice code")).ToContainTextAsync("whsec_");
        // This server, as it comes, reaches no private address.
        await page.GetByRole(AriaRole.Button, new() { Name = "Send a test event" }).ClickAsync();
        await Expect(page.Locator(".notice")).ToContainTextAsync("private network");
        await Expect(page.Locator(".data-table tbody tr")).ToHaveCountAsync(1);
        await Expect(page.Locator(".data-table tbody tr")).ToContainTextAsync("failed");
        Assert.Empty(receiver.Got);
        await page.Locator(".data-table tbody a").ClickAsync();
        await Expect(page.Locator("pre")).ToContainTextAsync("\"type\":\"test\"");
        await admin.Take("webhook", fullPage: true);
        await admin.Go("/system/webhooks");
        await Expect(page.Locator("main")).ToContainTextAsync("release robot");
        await admin.Take("webhooks-of-all", fullPage: true);
    }

    [Fact]
    public async Task Rules_of_retention_are_looked_at_before_they_are_saved_and_a_person_is_deleted_by_name()
    {
        await fixture.Seed("Takes space", groups: 2);
        await using var person = await fixture.Invited("Gone tomorrow");
        await using var admin = await fixture.Admin();
        var page = admin.Page;
        await admin.Go("/system/space");
        await page.GetByLabel("Trajectories, days").FillAsync("30");
        await page.GetByLabel("Pictures as browsers got them, days").FillAsync("90");
        await page.GetByRole(AriaRole.Button, new() { Name = "Show what they would remove" }).ClickAsync();
        await Expect(page.Locator("#plan")).ToContainTextAsync("Nothing is changed yet");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await Expect(page.Locator("#plan")).ToContainTextAsync("Remove it now");
        await admin.Take("space", fullPage: true);

        await admin.Go("/people");
        await page.GetByRole(AriaRole.Link, new() { Name = "Gone tomorrow" }).ClickAsync();
        await page.GetByLabel("Type Gone tomorrow").FillAsync("Gone tomorrow");
        await admin.Take("delete-person", fullPage: true);
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete for good" }).ClickAsync();
        await admin.Confirm();
        await Expect(page.Locator("main")).ToContainTextAsync("This person was deleted");
        await Expect(page.Locator("main")).Not.ToContainTextAsync("Gone tomorrow");
    }
}
