using Labeler.Shared.Projects;
using Labeler.Tests.Support;
using Microsoft.Playwright;

namespace Labeler.Browser.Tests;

/// <summary>A server with its trainer and one project, and its admin: what tests of every page walk through.</summary>
public sealed class Site(Browsing browsing) : IAsyncLifetime
{
    private LabelerServer _server = null!;
    private string _signedIn = "";

    public SeededProject Faces { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        _server = await LabelerServer.Start();
        Faces = await SeededProject.Create(_server.Data, "Faces", LabelingTask.FlagBatch, groups: 3);
        await using var admin = await browsing.FirstAdmin(_server);
        _signedIn = await admin.SignedIn();
    }

    public Task<Visitor> Admin(Action<BrowserNewContextOptions>? change = null)
    {
        var options = Browsing.Wide;
        options.StorageState = _signedIn;
        change?.Invoke(options);
        return browsing.Visit(_server, options);
    }

    public Task<Visitor> Stranger(Action<BrowserNewContextOptions>? change = null)
    {
        var options = Browsing.Wide;
        change?.Invoke(options);
        return browsing.Visit(_server, options);
    }

    public async Task DisposeAsync()
    {
        await Faces.DisposeAsync();
        await _server.DisposeAsync();
    }
}
