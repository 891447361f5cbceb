using System.Diagnostics;
using System.Globalization;
using Labeler.Browser.Tests;
using Labeler.Shared.Jobs;
using Labeler.Shared.Storage;
using Labeler.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Bench.Faults;

/// <summary>A worker is killed again and again while it trains.</summary>
public static class WorkerKills
{
    public static async Task<Verdict> Play(int kills)
    {
        await using var server = await LabelerServer.Start("Trainer:Start=false");
        await using var data = new OpenedData(server.Data);
        var project = await SampledProject.Start(data, "Killed", groups: 8, passes: kills);
        var worker = Start(server.Data, 0);
        var job = await project.VoteAndTrain();
        var done = 0;
        for (; done < kills; done++)
        {
            // A lease that its worker cannot prolong runs out before another takes the job.
            var (attempt, before) = (done + 1, Step(data, job));
            await project.Until(job, now => now.IsOver || now.Attempt == attempt && Step(data, job) > before);
            if ((await project.Now(job)).IsOver)
            {
                break;
            }
            worker.Kill(entireProcessTree: true);
            await worker.WaitForExitAsync();
            await Expire(data, job);
            worker = Start(server.Data, done + 1);
        }
        job = await project.Until(job, now => now.IsOver);
        await project.Reaches(2, Labeler.Shared.Epochs.EpochState.Labeling);
        worker.Kill(entireProcessTree: true);

        var steps = await data.Read(db => db.JobMetrics.Where(metric => metric.JobId == job.Id && metric.Name == "loss").Select(metric => metric.Step).Order().ToListAsync());
        var whole = steps.SequenceEqual(Enumerable.Range(1, steps.Count)) && steps.Count > 0;
        var checkpoint = await data.Read(db => db.Checkpoints.SingleAsync());
        var sound = await data.Get<FileStore>().IsSound(checkpoint.WeightsHash);
        return new(
            job.State == JobState.Succeeded && whole && sound,
            $"{done} kills of the worker while training: job {job.State} at attempt {job.Attempt}, {steps.Count} steps {(whole ? "each with its figure" : "with gaps")}, weights {(sound ? "as their name says" : "DAMAGED")}");
    }

    private static int Step(OpenedData data, Job job) =>
        data.Read(db => db.JobMetrics.Where(metric => metric.JobId == job.Id).Select(metric => (int?)metric.Step).MaxAsync()).Result ?? 0;

    // What would happen by itself after half a minute.
    private static Task<int> Expire(OpenedData data, Job job) => data.Read(db =>
        db.Jobs.Where(row => row.Id == job.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.LeaseExpiresAt, DateTimeOffset.UtcNow.AddSeconds(-1))));

    private static Process Start(string folder, int number)
    {
        var engine = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "TrainingEngine", new DirectoryInfo(AppContext.BaseDirectory).Name, "TrainingEngine.dll"));
        var start = new ProcessStartInfo("dotnet", [engine, "worker", "--data", folder, "--name", string.Create(CultureInfo.InvariantCulture, $"killed-{number}"), "--checkpoint-every", "0"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var worker = Process.Start(start)!;
        worker.BeginOutputReadLine();
        worker.BeginErrorReadLine();
        return worker;
    }
}
