using Labeler.Shared.Accounts;
using Microsoft.Playwright;

namespace Labeler.Browser.Tests;

/// <summary>One server without a trainer, its admin Ada and its annotator Ann, for all tests that leave each other's projects and people alone.</summary>
public sealed class CommonServer : IAsyncDisposable
{
    private readonly Browsing _browsing;
    private readonly Visitor _admin;
    private readonly string _signedInAdmin, _signedInAnnotator;

    private CommonServer(Browsing browsing, LabelerServer server, Visitor admin, string signedInAdmin, string signedInAnnotator) =>
        (_browsing, Server, _admin, _signedInAdmin, _signedInAnnotator) = (browsing, server, admin, signedInAdmin, signedInAnnotator);

    public LabelerServer Server { get; }

    public static async Task<CommonServer> Start(Browsing browsing)
    {
        var server = await LabelerServer.Start("Trainer:Start=false");
        var admin = await browsing.FirstAdmin(server);
        await using var annotator = await browsing.Invite(server, admin, Role.Annotator, "Ann");
        return new(browsing, server, admin, await admin.SignedIn(), await annotator.SignedIn());
    }

    /// <summary>The admin in a fresh browser, signed in.</summary>
    public Task<Visitor> Admin() => Visit(_signedInAdmin, null);

    /// <summary>The annotator in a fresh browser, signed in.</summary>
    public Task<Visitor> Annotator(BrowserNewContextOptions? options = null) => Visit(_signedInAnnotator, options);

    /// <summary>Somebody with this role, who has just signed in for the first time.</summary>
    public Task<Visitor> Invited(string role, string name) => _browsing.Invite(Server, _admin, role, name);

    public async ValueTask DisposeAsync()
    {
        await _admin.DisposeAsync();
        await Server.DisposeAsync();
    }

    private Task<Visitor> Visit(string signedIn, BrowserNewContextOptions? options)
    {
        options ??= Browsing.Wide;
        options.StorageState = signedIn;
        return _browsing.Visit(Server, options);
    }
}
