using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Labeler.Bench.Shares;
using Labeler.Bench.Support;
using Labeler.Shared;
using Labeler.Shared.Data;
using Labeler.Shared.Epochs;
using Labeler.Shared.Projects;
using Labeler.Shared.Storage;
using Labeler.Shared.Training;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

var groups = new Option<int>("--groups") { DefaultValueFactory = _ => 128, Description = "groups of 7 pictures in the epoch" };
var counts = new Option<int[]>("--workers") { DefaultValueFactory = _ => [1, 2, 4], AllowMultipleArgumentsPerToken = true, Description = "how many work at once" };
var model = new Option<string>("--model") { Required = true, Description = "the model's folder" };
var command = new RootCommand("Samples the same epoch with one worker and with several, and compares what they make bit for bit.") { groups, counts, model };
command.SetAction(async (parsed, stop) =>
{
    var folder = Directory.CreateTempSubdirectory("labeler-shares-");
    try
    {
        using var services = new ServiceCollection().AddLabelerData(new ConfigurationBuilder().Build(), folder.FullName).BuildServiceProvider();
        await services.GetRequiredService<Migrator>().Apply(stop);
        List<string>? alone = null;
        Console.WriteLine("| workers | s | pictures/s | core seconds | shares of each | |\n|---|---|---|---|---|---|");
        foreach (var count in parsed.GetValue(counts)!)
        {
            using var workers = await Workers.Start(folder.FullName, count);
            // So that each has loaded the model.
            await Sampled(32, stop);
            var (began, before) = (Stopwatch.StartNew(), workers.CoreSeconds);
            var epoch = await Sampled(parsed.GetValue(groups), stop);
            var (seconds, cores) = (began.Elapsed.TotalSeconds, workers.CoreSeconds - before);
            await using var db = await Open();
            var made = await EpochBits.Of(db, services.GetRequiredService<FileStore>(), epoch, stop);
            alone ??= made;
            var each = await db.Jobs.Where(job => job.EpochId == epoch && job.ParentId != null).GroupBy(job => job.Worker)
                .Select(of => of.Count()).ToListAsync(stop);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {count} | {seconds:0.0} | {7 * parsed.GetValue(groups) / seconds:0.0} | {cores:0.0} | {string.Join(", ", each)} | {(made.SequenceEqual(alone) ? "the same bits" : "OTHER BITS")} |"));
        }
        return 0;

        Task<LabelerDb> Open() => services.GetRequiredService<IDbContextFactory<LabelerDb>>().CreateDbContextAsync(stop);

        async Task<long> Sampled(int number, CancellationToken cancel)
        {
            var settings = new ProjectSettings
            {
                ModelFolder = Path.GetFullPath(parsed.GetValue(model)!),
                ImagesPerEpoch = 7 * number,
                EvaluationImages = 0,
            };
            var project = Project.Create("Shares", LabelingTask.FlagBatch, settings, DateTimeOffset.UtcNow);
            project.UsePrompts(["1 hand", "a red flag", "ambiguous beauty"]);
            await using (var db = await Open())
            {
                await project.TakeFreeSlug(db, cancel);
                db.Projects.Add(project);
                await db.SaveChangesAsync(cancel);
            }
            var epoch = await services.GetRequiredService<EpochCycle>().Start(project.Id, null, cancel);
            while (true)
            {
                await using var db = await Open();
                var now = await db.Epochs.AsNoTracking().FirstAsync(one => one.Id == epoch.Id, cancel);
                if (now.State != EpochState.Sampling)
                {
                    return now.State == EpochState.Labeling ? epoch.Id : throw new InvalidOperationException(now.Error);
                }
                await Task.Delay(200, cancel);
            }
        }
    }
    finally
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        folder.Delete(recursive: true);
    }
});
return await command.Parse(args).InvokeAsync();
