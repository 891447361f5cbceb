using Labeler.Tests.Support;
using Microsoft.Playwright;

namespace Labeler.Browser.Tests;

/// <summary>The ways in beside a password alone, as people go them.</summary>
[Collection(nameof(OwnServer))]
public sealed class SignInTests(Browsing browsing)
{
    [Fact]
    public async Task An_authenticator_app_is_set_up_asked_for_and_taken_away_by_an_admin()
    {
        await using var server = await LabelerServer.Start("Trainer:Start=false", "OpenId:Authority=http://127.0.0.1:1", "OpenId:ClientId=labeler", "OpenId:Name=the university",
            "OpenId:Groups:0:Group=staff", "OpenId:Groups:0:Role=lead");
        await using var admin = await browsing.FirstAdmin(server);
        await using var person = await browsing.Invite(server, admin, "annotator", "Bo");
        await Assertions.Expect(person.Page.Locator(".topbar .who")).ToHaveTextAsync("Bo");
        await person.Go("/account");
        await person.Page.GetByRole(AriaRole.Link, new() { Name = "Authenticator app" }).ClickAsync();
        await person.Page.GetByRole(AriaRole.Button, new() { Name = "Set it up" }).ClickAsync();
        var key = (await person.Page.Locator("code.key").TextContentAsync())!;
        await Assertions.Expect(person.Page.Locator(".qr svg")).ToBeVisibleAsync();
        await person.Take("second-factor-begin", fullPage: true);
        await person.Page.GetByLabel("Code that the app shows now").FillAsync(Totp.Code(key, -1));
        await person.Page.GetByRole(AriaRole.Button, new() { Name = "Turn it on" }).ClickAsync();
        await Assertions.Expect(person.Page.Locator(".codes code")).ToHaveCountAsync(10);
        await person.Take("second-factor-codes", fullPage: true);
        await person.Page.GetByRole(AriaRole.Link, new() { Name = "I have kept them" }).ClickAsync();
        await Assertions.Expect(person.Page.GetByText("turned on")).ToBeVisibleAsync();
        await person.Take("account-second-factor", fullPage: true);
        await person.Go("/account/two-factor");
        await person.Take("second-factor-kept", fullPage: true);

        await person.SignOut();
        await Assertions.Expect(person.Page.GetByRole(AriaRole.Link, new() { Name = "Sign in with the university" })).ToBeVisibleAsync();
        await person.Take("sign-in-provider");
        await person.Page.GetByRole(AriaRole.Link, new() { Name = "Sign in with the university" }).ClickAsync();
        await Assertions.Expect(person.Page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("Right now the university cannot be reached. Try again in a few minutes.");
        await person.Take("sign-in-refused");
        await person.SignIn("Bo");
        await Assertions.Expect(person.Page.GetByRole(AriaRole.Heading, new() { Name = "Your code" })).ToBeVisibleAsync();
        await person.Take("sign-in-code");
        await person.Page.GetByLabel("Code").FillAsync(Totp.Code(key));
        await person.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await Assertions.Expect(person.Page.Locator(".topbar .who")).ToHaveTextAsync("Bo");

        await admin.Go("/people");
        await admin.Page.GetByRole(AriaRole.Link, new() { Name = "Bo" }).ClickAsync();
        await Assertions.Expect(admin.Page.GetByRole(AriaRole.Button, new() { Name = "Reset the second factor" })).ToBeVisibleAsync();
        await admin.Take("person-second-factor", fullPage: true);
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Reset the second factor" }).ClickAsync();
        await admin.Confirm();
        await Assertions.Expect(admin.Page.GetByText("Bo signs in by the password alone now.")).ToBeVisibleAsync();
        await person.SignIn("Bo");
        await Assertions.Expect(person.Page.Locator(".topbar .who")).ToHaveTextAsync("Bo");
    }
}
