using Labeler.Shared.Accounts;
using Microsoft.Playwright;

namespace Labeler.Browser.Tests;

[Collection(nameof(Browsing))]
public sealed class ShellPageTests(Browsing browsing)
{
    [Fact]
    public async Task The_shell_serves_keyboard_phone_and_eyes()
    {
        // Their account is changed, so it is nobody else's.
        var common = await browsing.Common;
        await using var admin = await common.Invited(Role.Admin, "Shelly");
        var page = admin.Page;
        await Assertions.Expect(page.Locator(".topbar")).ToBeVisibleAsync();

        await admin.Go("/account");
        await page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(page.Locator(".skip")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("main")).ToBeFocusedAsync();

        // The colors chosen here hold on the next page and, being the account's, in another browser.
        var choice = page.Locator("html");
        await page.Locator("[data-theme-switch]").ClickAsync();
        await page.RunAndWaitForResponseAsync(() => page.Locator("[data-theme-switch]").ClickAsync(), answer => answer.Url.EndsWith("/account/theme") && answer.Status == 204 && answer.Request.PostData!.Contains("theme=dark"));
        await Assertions.Expect(choice).ToHaveAttributeAsync("data-theme", "dark");
        await admin.Go("/people");
        await Assertions.Expect(choice).ToHaveAttributeAsync("data-theme", "dark");
        await using (var elsewhere = await browsing.Visit(common.Server))
        {
            await elsewhere.SignIn("Shelly");
            await Assertions.Expect(elsewhere.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        }

        await page.SetViewportSizeAsync(390, 844);
        await Assertions.Expect(page.Locator(".nav")).ToBeHiddenAsync();
        await page.Locator(".menu-button").ClickAsync();
        await Assertions.Expect(page.Locator(".drawer")).ToBeVisibleAsync();
        await admin.Take("drawer");
        await page.SetViewportSizeAsync(390, 844);
        await page.Locator(".drawer").GetByText("Projects").ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Projects" })).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator(".drawer")).ToBeHiddenAsync();
        await page.Locator(".menu-button").ClickAsync();
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page.Locator(".drawer")).ToBeHiddenAsync();

        await page.SetViewportSizeAsync(1440, 900);
        // The list of projects still loads pictures, which a browser that is signed out would be refused.
        await admin.Go("/account");
        await admin.SignOut();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Sign in" })).ToBeVisibleAsync();
        await admin.Go("/people");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Sign in" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_server_that_goes_away_and_comes_back_leaves_the_page_usable_and_everybody_signed_in()
    {
        await using var server = await LabelerServer.Start("Trainer:Start=false");
        await using var admin = await browsing.FirstAdmin(server);
        var page = admin.Page;
        foreach (var complaint in new[] { "WebSocket", "ERR_CONNECTION_REFUSED", "Failed to", "Connection disconnected", "reconnect", "ERR_EMPTY_RESPONSE" })
        {
            admin.Expect(complaint);
        }
        await admin.Go("/projects/new");
        await page.GetByText("Score", new() { Exact = true }).ClickAsync();
        var add = page.GetByRole(AriaRole.Button, new() { Name = "Add an option" });
        await Assertions.Expect(add).ToBeEnabledAsync();
        await page.GetByLabel("Name", new() { Exact = true }).First.FillAsync("Typed before the cut");

        await server.Kill();
        await Assertions.Expect(page.GetByText("Connection lost, trying again")).ToBeVisibleAsync();
        await admin.Take("connection-lost");
        // The notice covers nothing: the rest of the page can be typed into meanwhile.
        await page.GetByLabel("For sampling and training").FillAsync("a prompt");
        await server.StartAgain();
        await Assertions.Expect(page.GetByText("The server has been restarted")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Create only" }).ClickAsync();
        await Assertions.Expect(page.GetByText("The project Typed before the cut is made.")).ToBeVisibleAsync();
    }
}
