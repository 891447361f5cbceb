using System.Diagnostics;
using System.Net.Sockets;
using Labeler.Shared;
using Labeler.Shared.Tests.Support;
using Labeler.Tests.Support;
using Labeler.Tests.Support.S3;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace Labeler.Bench.Drill;

/// <summary>Two web servers behind a proxy and three workers, each a process of its own, on one PostgreSQL server and one bucket. The
/// workers reach the database by a line that can be parted, all of them the bucket by one that can refuse.</summary>
public sealed class Installation : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private readonly string _folder = Directory.CreateTempSubdirectory("labeler-drill-").FullName;
    private readonly PostgreSqlServer _postgreSql;
    private readonly S3Server _s3;
    private readonly string _database;
    private readonly Dictionary<string, string?> _viaLine;
    private WebApplication? _proxy;

    private Installation(PostgreSqlServer postgreSql, S3Server s3, string database, string bucket)
    {
        (_postgreSql, _s3, _database) = (postgreSql, s3, database);
        ToDatabase = new(new UnixDomainSocketEndPoint(postgreSql.Socket), "tcp");
        ToStore = new(s3.Address);
        _viaLine = s3.Settings(bucket, ToStore.Address);
        Settings = new Dictionary<string, string?>(s3.Settings(bucket)) { [Connection] = database };
        Data = new(DataFolder, Settings);
    }

    internal FaultyLine ToDatabase { get; }

    internal FaultyLine ToStore { get; }

    /// <summary>Of a program that is not disturbed.</summary>
    public IReadOnlyDictionary<string, string?> Settings { get; }

    public OpenedData Data { get; }

    public string DataFolder => Path.Combine(_folder, "data");

    public string Logs => Path.Combine(_folder, "logs");

    public IReadOnlyList<LeashedProgram> Servers { get; private set; } = [];

    public IReadOnlyList<LeashedProgram> Workers { get; private set; } = [];

    /// <summary>The proxy's.</summary>
    public string Address => _proxy!.Urls.Single();

    /// <summary>Should what the programs said stay when this ends?</summary>
    public bool KeepLogs { get; set; }

    private static string Connection => $"ConnectionStrings:{ServiceRegistration.ConnectionName}";

    /// <summary>Database, bucket and lines; no program of the product runs yet.</summary>
    public static async Task<Installation> Open()
    {
        var (postgreSql, s3) = (new PostgreSqlServer(), new S3Server());
        return new(postgreSql, s3, await postgreSql.NewDatabase(), await s3.NewBucket());
    }

    /// <summary>Starts all programs and waits until the proxy says that a server is ready.</summary>
    public async Task Start(int servers, int workers, CancellationToken stop)
    {
        Directory.CreateDirectory(Logs);
        int[] ports = [.. Enumerable.Range(0, servers).Select(_ => Proxy.FreePort())];
        Servers = [.. ports.Select((port, n) => new LeashedProgram(
            "LabelerWeb", Log($"web-{n}"), Variables(_database), "--port", $"{port}", "--data", DataFolder,
            "--Web:DemoProjects=false", "--Trainer:Start=false", "--Web:SignInsPerMinute=10000", "--Web:TrustedProxies:0=127.0.0.1"))];
        var viaLine = new NpgsqlConnectionStringBuilder(_database) { Host = "127.0.0.1", Port = ToDatabase.Address.Port }.ConnectionString;
        Workers = [.. Enumerable.Range(0, workers).Select(n => new LeashedProgram(
            "TrainingEngine", Log($"worker-{n}"), Variables(viaLine), "worker", "--data", DataFolder, "--name", $"worker-{n}",
            "--checkpoint-every", "2"))];
        _proxy = await Proxy.Start([.. ports.Select(port => $"http://127.0.0.1:{port}")], stop);
        using var browser = new HttpClient { BaseAddress = new(Address) };
        var clock = Stopwatch.StartNew();
        for (; !(await browser.GetAsync("/health/ready", stop)).IsSuccessStatusCode; await Task.Delay(200, stop))
        {
            if (clock.Elapsed > Patience)
            {
                throw new InvalidOperationException($"No web server is ready: see {Logs}.");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        ToDatabase.Join();
        foreach (var program in Workers.Concat(Servers))
        {
            await program.DisposeAsync();
        }
        if (_proxy is not null)
        {
            await _proxy.DisposeAsync();
        }
        await Data.DisposeAsync();
        await ToDatabase.DisposeAsync();
        await ToStore.DisposeAsync();
        _s3.Dispose();
        _postgreSql.Dispose();
        Directory.Delete(KeepLogs ? DataFolder : _folder, recursive: true);
    }

    private string Log(string name) => Path.Combine(Logs, $"{name}.log");

    private IEnumerable<(string Name, string Value)> Variables(string database) => SharedSettings.ForWorkers(
        new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>(_viaLine) { [Connection] = database }).Build());
}
