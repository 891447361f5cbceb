using Labeler.Shared.Accounts;
using Labeler.Tests.Support;

namespace Labeler.Browser.Tests;

/// <summary>A server of one test with a trainer, its first admin Ada at a browser, and the data behind them.</summary>
public sealed class OwnServer : IAsyncDisposable
{
    /// <summary>In milliseconds: how long the trainer may take on a busy machine.</summary>
    public const int Minutes = 60_000;

    private readonly Browsing _browsing;
    private readonly LabelerServer _server;

    private OwnServer(Browsing browsing, LabelerServer server, Visitor admin) =>
        (_browsing, _server, Admin, Data) = (browsing, server, admin, new OpenedData(server.Data));

    public Visitor Admin { get; }

    public OpenedData Data { get; }

    public string Folder => _server.Data;

    public static async Task<OwnServer> Start(Browsing browsing, params string[] settings)
    {
        var server = await LabelerServer.Start(settings);
        return new(browsing, server, await browsing.FirstAdmin(server));
    }

    public Task<Visitor> Annotator(string name) => _browsing.Invite(_server, Admin, Role.Annotator, name);

    public async ValueTask DisposeAsync()
    {
        await using var server = _server;
        await using var data = Data;
        await Admin.DisposeAsync();
    }
}

/// <summary>Tests that start a server for themselves run one after the other.</summary>
[CollectionDefinition(nameof(OwnServer))]
public sealed class OwnServerCollection : ICollectionFixture<Browsing>;
