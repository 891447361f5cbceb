using System.Net;
using Labeler.Shared;
using Labeler.Shared.Data;
using Labeler.Shared.Projects;
using Labeler.Shared.Tests.Support;
using Labeler.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.Web.Tests.Servers;

/// <summary>The PostgreSQL server of the tests about several servers; started where it is installed.</summary>
public sealed class DatabaseServer : IDisposable
{
    private readonly Lazy<PostgreSqlServer> _server = new(() => new());

    public Task<string> NewDatabase() => _server.Value.NewDatabase();

    public void Dispose()
    {
        if (_server.IsValueCreated)
        {
            _server.Value.Dispose();
        }
    }
}

/// <summary>Two servers of one installation, each on a port of its own: on one PostgreSQL database, or on one SQLite file.</summary>
public sealed class Installation : IAsyncDisposable
{
    private readonly string? _postgreSql;

    private Installation(string? postgreSql, params (string, string)[] settings)
    {
        _postgreSql = postgreSql;
        (string, string)[] all = postgreSql is null ? settings : [.. settings, ($"ConnectionStrings:{ServiceRegistration.ConnectionName}", postgreSql)];
        A = new() { OnKestrel = true, Settings = all };
        // By another path, so that nothing which a process keeps by the name of the file is common to both.
        var path = Path.Combine(Path.GetTempPath(), $"labeler-b-{Guid.NewGuid():N}");
        Directory.CreateSymbolicLink(path, A.Data);
        B = new() { OnKestrel = true, Settings = all, Data = path };
    }

    public WebHost A { get; }
    public WebHost B { get; }

    public static async Task<Installation> OnPostgreSql(DatabaseServer server, params (string, string)[] settings) => new(await server.NewDatabase(), settings);

    public static Installation OnSqlite(params (string, string)[] settings) => new(null, settings);

    public Task<SeededProject> Seed(string name, int groups) => SeededProject.Create(
        A.Data, name, LabelingTask.FlagBatch, groups, installation: new Dictionary<string, string?> { [$"ConnectionStrings:{ServiceRegistration.ConnectionName}"] = _postgreSql });

    /// <summary>One browser, sent by the proxy to the first server and to the second.</summary>
    public (HttpClient A, HttpClient B) Browser()
    {
        var cookies = new CookieContainer();
        return (To(A), To(B));

        HttpClient To(WebHost host)
        {
            using var any = host.Browser();
            using var db = host.Services.GetRequiredService<IDbContextFactory<LabelerDb>>().CreateDbContext();
            Assert.Equal(_postgreSql is null, db.Database.IsSqlite());
            return new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = cookies }) { BaseAddress = any.BaseAddress };
        }
    }

    public async ValueTask DisposeAsync()
    {
        await B.DisposeAsync();
        await A.DisposeAsync();
    }
}
