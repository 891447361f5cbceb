using System.Diagnostics.Metrics;
using Labeler.Web.Hosting;

namespace Labeler.Web.Features.Health;

/// <summary>Counts the jobs of the installation now and then, so that collecting asks nothing of the database.</summary>
internal sealed class JobMeasures(IDbContextFactory<LabelerDb> contexts, TimeProvider time, ILogger<JobMeasures> log)
    : RepeatedService(Interval, time, log)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Recent = TimeSpan.FromDays(1);

    private volatile Measurement<int>[] _last = [];

    protected override string Failure => "How many jobs there are could not be found out";

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Instruments.ObserveJobs(() => _last);
        return base.ExecuteAsync(stoppingToken);
    }

    protected override async Task Look(CancellationToken stopping)
    {
        var since = Time.GetUtcNow() - Recent;
        await using var db = await contexts.CreateDbContextAsync(stopping);
        var counted = await db.Jobs
            .Where(job => job.State == JobState.Queued || job.State == JobState.Running
                || (job.State == JobState.Failed && job.EndedAt > since))
            .GroupBy(job => new { job.Kind, job.State }).Select(jobs => new { jobs.Key.Kind, jobs.Key.State, Count = jobs.Count() })
            .ToListAsync(stopping);
        _last = [.. counted.Select(one => new Measurement<int>(
            one.Count, new("kind", one.Kind.ToString()), new("state", one.State.ToString())))];
    }
}
