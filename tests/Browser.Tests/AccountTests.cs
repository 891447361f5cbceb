using Microsoft.Playwright;

namespace Labeler.Browser.Tests;

[Collection(nameof(OwnServer))]
public sealed class AccountTests(Browsing browsing)
{
    [Fact]
    public async Task The_first_admin_invites_an_annotator_who_sees_no_admin_page()
    {
        await using var server = await LabelerServer.Start("Trainer:Start=false");
        await using (var stranger = await browsing.Visit(server))
        {
            await stranger.Go("/people");
            await Assertions.Expect(stranger.Page.GetByRole(AriaRole.Heading, new() { Name = "Sign in" })).ToBeVisibleAsync();
            await Assertions.Expect(stranger.Page.GetByText("There is no account yet")).ToBeVisibleAsync();
            await stranger.Take("sign-in-first");
        }
        await using var admin = await browsing.FirstAdmin(server);
        await Assertions.Expect(admin.Page.Locator(".topbar .who")).ToHaveTextAsync("Ada");
        await using var annotator = await browsing.Invite(server, admin, "annotator", "Bo");
        await Assertions.Expect(annotator.Page.Locator(".topbar .who")).ToHaveTextAsync("Bo");
        await annotator.Take("home-empty");
        Assert.Equal(0, await annotator.Page.Locator(".nav a[href=people]").CountAsync());

        annotator.Expect("403");
        Assert.Equal(403, await annotator.Go("/people"));
        Assert.Equal("This page is not for your role", await annotator.Page.Locator("h1").TextContentAsync());
        await annotator.Take("error-403");

        await admin.InvitationFor("lead", "for the third");
        await admin.Take("people", fullPage: true);
        await admin.Go("/account");
        await admin.Take("account", fullPage: true);
    }
}
