using System.Diagnostics;
using Labeler.Browser.Tests;
using Labeler.Shared.Jobs;
using Labeler.Tests.Support;

namespace Labeler.Bench.Labeling;

/// <summary>The server's own worker training the bundled model meanwhile: on the same cores and the same database as the votes.</summary>
public sealed class TrainingBeside : IAsyncDisposable
{
    private readonly OpenedData _data;
    private readonly SampledProject _project;
    private readonly Job _job;
    private readonly Process _worker;
    private readonly TimeSpan _used;
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    private TrainingBeside(OpenedData data, SampledProject project, Job job, Process worker)
    {
        (_data, _project, _job, _worker) = (data, project, job, worker);
        _used = worker.TotalProcessorTime;
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
        var now = await _project.Now(_job);
        _worker.Refresh();
        return FormattableString.Invariant($"{now.State}, {now.Message}, {(_worker.TotalProcessorTime - _used) / _clock.Elapsed:0.00} cores");
    }

    public async ValueTask DisposeAsync()
    {
        _worker.Dispose();
        await _data.DisposeAsync();
    }
}
