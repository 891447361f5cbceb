using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Labeler.Browser.Tests;

/// <summary>How people get in: each does it as a person would, through the pages.</summary>
public static partial class People
{
    public const string Password = "four random words here";

    /// <summary>The first admin, made with the link that the server printed; signed in afterwards.</summary>
    public static async Task<Visitor> FirstAdmin(this Browsing browsing, LabelerServer server, string name = "Ada")
    {
        var link = (await server.WaitFor(FirstAdminLink())).Groups[1].Value;
        var admin = await browsing.Visit(server);
        await admin.Join(link, name);
        return admin;
    }

    /// <summary>Somebody invited by <paramref name="admin"/> who made an account; signed in afterwards.</summary>
    public static async Task<Visitor> Invite(this Browsing browsing, LabelerServer server, Visitor admin, string role, string name, BrowserNewContextOptions? options = null)
    {
        var link = await admin.InvitationFor(role, name);
        var invited = await browsing.Visit(server, options);
        await invited.Join(link, name);
        return invited;
    }

    /// <summary>The link that the page of people shows once.</summary>
    public static async Task<string> InvitationFor(this Visitor admin, string role, string note)
    {
        await admin.Go("/people");
        await admin.Page.GetByLabel("Role", new() { Exact = true }).SelectOptionAsync(role);
        await admin.Page.GetByLabel("Note").FillAsync(note);
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Make a link" }).ClickAsync();
        return (await admin.Page.Locator(".notice code").TextContentAsync())!;
    }

    public static async Task Join(this Visitor visitor, string link, string name, string password = Password)
    {
        await visitor.Page.GotoAsync(link);
        await visitor.Page.GetByLabel("Name").FillAsync(name);
        await visitor.Page.GetByLabel("Password", new() { Exact = true }).FillAsync(password);
        await visitor.Page.GetByLabel("Password again").FillAsync(password);
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Make the account" }).ClickAsync();
    }

    public static async Task SignIn(this Visitor visitor, string name, string password = Password)
    {
        await visitor.Go("/sign-in");
        await visitor.Page.GetByLabel("Name").FillAsync(name);
        await visitor.Page.GetByLabel("Password").FillAsync(password);
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
    }

    /// <summary>What a browser keeps of somebody who is signed in, for a fresh one to begin with.</summary>
    public static async Task<string> SignedIn(this Visitor visitor)
    {
        await Assertions.Expect(visitor.Page.Locator(".topbar")).ToBeVisibleAsync();
        return await visitor.Context.StorageStateAsync();
    }

    public static async Task SignOut(this Visitor visitor)
    {
        await visitor.Page.Locator(".topbar summary").ClickAsync();
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out", Exact = true }).ClickAsync();
    }

    [GeneratedRegex(@"with this link, once: (\S+)")]
    private static partial Regex FirstAdminLink();
}
