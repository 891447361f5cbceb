using System.Globalization;
using System.Text.RegularExpressions;
using Labeler.Shared;
using Labeler.Shared.Data;
using Labeler.Web.Features.Labeling;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Labeler.Bench.Scaling;

/// <summary>The product's services on the database: as they are, and once more with every slow query's plan written to the server's
/// log.</summary>
internal sealed partial class Place : IAsyncDisposable
{
    private const string Explained = "-c session_preload_libraries=auto_explain -c auto_explain.log_min_duration=1 "
        + "-c auto_explain.log_analyze=on -c auto_explain.log_buffers=on -c auto_explain.log_nested_statements=on";

    private readonly string _folder = Directory.CreateTempSubdirectory("labeler-scale-").FullName;
    private readonly string _log;

    public Place(string connection)
    {
        Services = Open(connection);
        WithPlans = Open($"{connection};Options={Explained}");
        _log = Path.Combine(new NpgsqlConnectionStringBuilder(connection).Host!, "log");
    }

    public ServiceProvider Services { get; }
    public ServiceProvider WithPlans { get; }
    public IDbContextFactory<LabelerDb> Contexts => Services.GetRequiredService<IDbContextFactory<LabelerDb>>();

    /// <summary>Does something once more, and returns the plan of the query of it that took longest.</summary>
    public async Task<string?> WorstPlan(Func<IServiceProvider, Task> work)
    {
        var before = new FileInfo(_log).Length;
        await work(WithPlans);
        await using var log = new FileStream(_log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        log.Seek(before, SeekOrigin.Begin);
        using var reader = new StreamReader(log);
        var entries = Entry().Split(await reader.ReadToEndAsync()).Where(entry => entry.Contains("plan:", StringComparison.Ordinal));
        return entries.MaxBy(entry => double.Parse(Milliseconds().Match(entry).Groups[1].Value, CultureInfo.InvariantCulture));
    }

    public async ValueTask DisposeAsync()
    {
        await Services.DisposeAsync();
        await WithPlans.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private ServiceProvider Open(string connection) => new ServiceCollection().AddSingleton(TimeProvider.System)
        .AddLabelerData(new ConfigurationBuilder().AddInMemoryCollection(
            [new($"ConnectionStrings:{ServiceRegistration.ConnectionName}", connection)]).Build(), _folder)
        .AddSingleton<LabelingStatus>().BuildServiceProvider();

    [GeneratedRegex(@"^(?=\d{4}-\d\d-\d\d .*LOG:)", RegexOptions.Multiline)]
    private static partial Regex Entry();

    [GeneratedRegex(@"duration: ([0-9.]+) ms")]
    private static partial Regex Milliseconds();
}
