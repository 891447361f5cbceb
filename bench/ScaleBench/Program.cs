using System.CommandLine;
using System.Diagnostics;
using Labeler.Bench.Scaling;
using Labeler.Shared.Data;
using Labeler.Shared.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

const long BytesAVote = 1500;
var votes = new Option<long>("--votes") { DefaultValueFactory = _ => 100_000, Description = "votes in the database; a million take about 1.2 GB of disk" };
var people = new Option<int>("--people") { DefaultValueFactory = _ => 10_000, Description = "annotators" };
var projects = new Option<int>("--projects") { DefaultValueFactory = _ => 20, Description = "projects; the first has a fifth of the votes" };
var times = new Option<int>("--times") { DefaultValueFactory = _ => 10, Description = "how often each page is read; annotators do fifty times as much" };
var plans = new Option<string?>("--plans") { Description = "folder for the plans of what takes more than a tenth of a second" };
var look = new Option<bool>("--look") { Description = "leaves the server running at the end until Enter is pressed, for whoever wants to ask it more" };
var dashboards = new Option<bool>("--dashboards") { Description = "times the dashboards alone" };
var command = new RootCommand("Fills a PostgreSQL server of its own with an installation of many votes, and measures what people wait for.")
{
    votes, people, projects, times, plans, look, dashboards,
};
command.SetAction(async (parsed, stop) =>
{
    if (PostgreSqlServer.Binaries is null)
    {
        Console.Error.WriteLine("labeler: PostgreSQL is not installed (Debian's package postgresql)");
        return 1;
    }
    var (needed, free) = (parsed.GetValue(votes) * BytesAVote, new DriveInfo(Path.GetTempPath()).AvailableFreeSpace);
    if (free < needed)
    {
        Console.Error.WriteLine(FormattableString.Invariant($"labeler: this takes {needed / 1e9:0.0} GB in {Path.GetTempPath()}, where {free / 1e9:0.0} GB are free"));
        return 1;
    }
    if (parsed.GetValue(plans) is { } folder)
    {
        Directory.CreateDirectory(folder);
    }
    var plan = new Plan(parsed.GetValue(votes), parsed.GetValue(people), parsed.GetValue(projects));
    Console.WriteLine(FormattableString.Invariant(
        $"{plan.Votes:N0} votes of {plan.People.Count:N0} people in {plan.Projects.Count} projects, {plan.Projects.Sum(p => p.Epochs):N0} epochs, {Environment.ProcessorCount} cores"));
    // As a small server of its own would be set; commits wait for the disk.
    using var server = new PostgreSqlServer("fsync=on", "shared_buffers=2GB", "effective_cache_size=8GB", "work_mem=32MB",
        "maintenance_work_mem=512MB", "max_wal_size=1GB", "wal_level=minimal", "max_wal_senders=0", "checkpoint_timeout=15min", "random_page_cost=1.1", "jit=off");
    var connection = await server.NewDatabase();
    await using var place = new Place(connection);
    await place.Services.GetRequiredService<Migrator>().Apply(stop);
    var began = Stopwatch.StartNew();
    await new Filling(place.Contexts, connection, plan).Run(stop);
    Console.WriteLine(FormattableString.Invariant($"filled in {began.Elapsed.TotalSeconds:0} s\n"));
    Console.WriteLine("| what | p50 ms | p95 ms | worst | measured |\n|---|---|---|---|---|");
    var pages = new Pages(new Measured(place, parsed.GetValue(plans)), plan, parsed.GetValue(times));
    if (parsed.GetValue(dashboards))
    {
        await pages.Dashboards();
    }
    else
    {
        await new Labelers(place, plan, parsed.GetValue(times) * 50).Run();
        await pages.Run();
        Console.WriteLine();
        await Sizes.Tell(connection);
    }
    if (parsed.GetValue(look))
    {
        Console.WriteLine($"{connection}\nPress Enter to end.");
        Console.ReadLine();
    }
    return 0;
});
return command.Parse(args).Invoke();
