using System.Diagnostics;
using Labeler.Browser.Tests;
using Labeler.Shared.Jobs;
using Labeler.Tests.Support;

namespace Labeler.Bench.Labeling;

/// <summary>The server's own worker training the bundled model meanwhile: on the same cores and the same database as the votes.</summary>
public sealed class TrainingBeside : IAsyncDisposable
{
    private readonly OpenedData data;
    private readonly SampledProject project;
    private readonly Job job;
    private readonly Process worker;
    private readonly TimeSpan used;
    private readonly Stopwatch clock = Stopwatch.StartNew();

    private TrainingBeside(OpenedData data, SampledProject project, Job job, Process worker)
    {
        (this.data, this.project, this.job, this.worker) = (data, project, job, worker);
        used = worker.TotalProcessorTime;
    }

    /// <summary>Samples a small epoch, judges it and waits until its training is under way.</summary>
    public static async Task<TrainingBeside> Start(LabelerServer server)
    {
        var data = new OpenedData(server.Data);
        var project = await SampledProject.Start(data, "Training", groups: 16, passes: 100);
        var job = await project.VoteAndTrain();
        await project.Until(job, now => now.State == JobState.Running && now.Progress > 0);
        return new(data, project, job, await server.Worker());
    }

    /// <summary>How it went since it was under way: whether the job still runs, how far it is, and the cores that it used.</summary>
    public async Task<string> Report()
    {
        var now = await project.Now(job);
        worker.Refresh();
        return FormattableString.Invariant($"{now.State}, {now.Message}, {(worker.TotalProcessorTime - used) / clock.Elapsed:0.00} cores");
    }

    public async ValueTask DisposeAsync()
    {
        worker.Dispose();
        await data.DisposeAsync();
    }
}
