using Labeler.Tests.Support;
using Microsoft.Playwright;

namespace Labeler.Browser.Tests;

/// <summary>Passkeys with a device that Chromium stands in for.</summary>
[Collection(nameof(OwnServer))]
public sealed class PasskeyTests(Browsing browsing)
{
    private const string Failed = "The passkey did not work. Try again, or sign in by the password.";

    [Fact]
    public async Task A_passkey_is_made_named_signed_in_by_without_password_or_code_and_removed()
    {
        // A provider that nobody gets to: a passkey opens the way there, too.
        await using var server = await LabelerServer.Start(
            "Trainer:Start=false", "OpenId:Authority=http://127.0.0.1:1", "OpenId:ClientId=labeler", "OpenId:Name=the university", "OpenId:Groups:0:Group=all", "OpenId:Groups:0:Role=annotator");
        await using var admin = await browsing.FirstAdmin(server);
        await Assertions.Expect(admin.Page.Locator(".topbar .who")).ToHaveTextAsync("Ada");
        var invitation = await admin.InvitationFor("annotator", "Bo");
        // By a name, as an address of numbers has no passkeys.
        await using var owner = await browsing.Visit(ByName(server.Address));
        await owner.Join(ByName(invitation), "Bo");
        await Assertions.Expect(owner.Page.Locator(".topbar .who")).ToHaveTextAsync("Bo");
        await GiveDevice(owner);

        await owner.Go("/account");
        await owner.Page.GetByRole(AriaRole.Link, new() { Name = "Passkeys" }).ClickAsync();
        await Assertions.Expect(owner.Page.GetByRole(AriaRole.Heading, new() { Name = "New passkey" })).ToBeVisibleAsync();
        await Make(owner, "not this one");
        await Assertions.Expect(owner.Page.GetByText("The present password is wrong.")).ToBeVisibleAsync();
        await Make(owner, People.Password);
        await Assertions.Expect(owner.Page.GetByText("The passkey is kept: you can sign in by it.")).ToBeVisibleAsync();
        await Assertions.Expect(owner.Page.GetByText("the red key")).ToBeVisibleAsync();
        await owner.Take("passkeys", fullPage: true);
        await owner.Go("/account");
        await owner.Take("account-provider", fullPage: true);
        await owner.Page.GetByRole(AriaRole.Button, new() { Name = "Link with a passkey" }).ClickAsync();
        await Assertions.Expect(owner.Page.GetByRole(AriaRole.Link, new() { Name = "Go on to the university" })).ToBeVisibleAsync();
        await owner.Go("/account/two-factor");
        await owner.Page.GetByRole(AriaRole.Button, new() { Name = "Set it up" }).ClickAsync();
        await owner.Page.GetByLabel("Code that the app shows now").FillAsync(Totp.Code((await owner.Page.Locator("code.key").TextContentAsync())!));
        await owner.Page.GetByRole(AriaRole.Button, new() { Name = "Turn it on" }).ClickAsync();
        await Assertions.Expect(owner.Page.Locator(".codes code")).ToHaveCountAsync(10);

        await owner.SignOut();
        await Assertions.Expect(Button(owner)).ToBeVisibleAsync();
        await owner.Take("sign-in-passkey");
        await Enter(owner);
        await owner.SignOut();
        await Press(admin, "Disable");
        await Assertions.Expect(admin.Page.GetByText("Bo can no longer sign in.")).ToBeVisibleAsync();
        await Button(owner).ClickAsync();
        await Assertions.Expect(owner.Page.Locator(".notice.bad:visible")).ToHaveTextAsync(Failed);
        await Press(admin, "Let in again");
        await Assertions.Expect(admin.Page.GetByText("Bo can sign in again.")).ToBeVisibleAsync();

        await Enter(owner);
        await owner.Page.GetByRole(AriaRole.Button, new() { Name = "Remove" }).ClickAsync();
        await owner.Confirm();
        await Assertions.Expect(owner.Page.GetByText("The passkey is removed: nobody signs in by it.")).ToBeVisibleAsync();
        await owner.SignOut();
        await Button(owner).ClickAsync();
        await Assertions.Expect(owner.Page.Locator(".notice.bad:visible")).ToHaveTextAsync(Failed);
    }

    private static string ByName(string address) => address.Replace("127.0.0.1", "localhost", StringComparison.Ordinal);

    private static ILocator Button(Visitor visitor) => visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in with a passkey" });

    private static async Task Make(Visitor owner, string password)
    {
        await owner.Page.GetByLabel("Name").FillAsync("the red key");
        await owner.Page.GetByLabel("Present password").FillAsync(password);
        await owner.Page.GetByRole(AriaRole.Button, new() { Name = "Make a passkey" }).ClickAsync();
    }

    private static async Task Enter(Visitor owner)
    {
        await owner.Go("/sign-in?ReturnUrl=%2Faccount%2Fpasskeys");
        await Button(owner).ClickAsync();
        await Assertions.Expect(owner.Page.GetByRole(AriaRole.Heading, new() { Name = "Your passkeys" })).ToBeVisibleAsync();
    }

    private static async Task Press(Visitor admin, string button)
    {
        await admin.Go("/people");
        await admin.Page.GetByRole(AriaRole.Link, new() { Name = "Bo" }).ClickAsync();
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = button }).ClickAsync();
        if (button == "Disable")
        {
            await admin.Confirm();
        }
    }

    private static async Task GiveDevice(Visitor visitor)
    {
        var session = await visitor.Context.NewCDPSessionAsync(visitor.Page);
        await session.SendAsync("WebAuthn.enable", new() { ["enableUI"] = false });
        await session.SendAsync("WebAuthn.addVirtualAuthenticator", new()
        {
            ["options"] = new Dictionary<string, object>
            {
                ["protocol"] = "ctap2",
                ["transport"] = "internal",
                ["hasResidentKey"] = true,
                ["hasUserVerification"] = true,
                ["isUserVerified"] = true,
                ["automaticPresenceSimulation"] = true,
            },
        });
    }
}
