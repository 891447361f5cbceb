using Labeler.Shared.Data;
using Labeler.Shared.Jobs;
using Labeler.Shared.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;

namespace Labeler.Shared.Tests.Jobs;

/// <summary>A job's figures and lines on a real database, around the moment in which it ends.</summary>
[Collection(Databases.Collection)]
public sealed class JobReporterTests(Databases databases) : IAsyncLifetime
{
    private static readonly TimeSpan LongerThanBetweenTwoBeats = TimeSpan.FromSeconds(2.5);
    private readonly DatabaseThread _database = new();
    private World _world = null!;
    private Job _job = null!;

    public async Task InitializeAsync()
    {
        _world = await databases.World(Databases.Sqlite);
        await using (var db = _world.Open())
        {
            db.Jobs.Add(Job.Queue(JobKind.Train, null, null, null, _world.Now));
            await db.SaveChangesAsync();
        }
        _job = (await _world.Get<JobQueue>().Claim("worker", [JobKind.Train]))!;
    }

    public async Task DisposeAsync()
    {
        _database.Dispose();
        await _world.DisposeAsync();
    }

    [Fact]
    public async Task A_heartbeat_that_comes_after_the_end_takes_no_figure_and_no_line_away()
    {
        var pulse = Pulse();
        pulse.End(async () =>
        {
            pulse.Measure(1, "loss", .5);
            await Task.Delay(LongerThanBetweenTwoBeats);
            Assert.True(await _world.Get<JobQueue>().Succeed(_job));
        });
        pulse.Say("trained");
        await Task.Delay(LongerThanBetweenTwoBeats);
        Assert.Equal(HeartbeatResult.GoOn, pulse.Heard);
        Assert.False(pulse.Stop.IsCancellationRequested);
        pulse.Dispose();
        Assert.Equal(1, (await Read(db => db.JobMetrics.SingleAsync())).Step);
        Assert.Equal("trained", (await Read(db => db.JobLines.SingleAsync())).Text);
    }

    [Fact]
    public async Task Figures_are_there_before_the_job_counts_as_ended()
    {
        using var pulse = Pulse();
        pulse.Measure(8, "loss", .25);
        var seen = pulse.End(() => Read(db => db.JobMetrics.SingleAsync()));
        Assert.Equal((8, .25), (seen.Step, seen.Value));
    }

    [Fact]
    public async Task Figures_that_the_database_did_not_take_wait_for_the_next_beat()
    {
        using (var pulse = Pulse())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500));
            await Execute("""ALTER TABLE "JobMetrics" RENAME TO "Away" """);
            pulse.Measure(1, "loss", .5);
            await Task.Delay(LongerThanBetweenTwoBeats);
            await Execute("""ALTER TABLE "Away" RENAME TO "JobMetrics" """);
            Assert.Equal(0, await Read(db => db.JobMetrics.CountAsync()));
            pulse.Measure(2, "loss", .25);
        }
        Assert.Equal([1, 2], await Read(db => db.JobMetrics.OrderBy(metric => metric.Step).Select(metric => metric.Step).ToListAsync()));
    }

    [Fact]
    public async Task A_lease_that_another_worker_has_stops_the_work()
    {
        using var pulse = Pulse();
        await _world.Get<JobQueue>().GiveBack(_job);
        await Task.Delay(LongerThanBetweenTwoBeats);
        Assert.Equal(HeartbeatResult.Lost, pulse.Heard);
        Assert.True(pulse.Stop.IsCancellationRequested);
    }

    private JobReporter Pulse() => new(_world.Get<JobQueue>(), _database, _job, NullLogger.Instance, () => { }, CancellationToken.None);

    private async Task Execute(string sql)
    {
        await using var db = _world.Open();
        await db.Database.ExecuteSqlRawAsync(sql);
    }

    private async Task<T> Read<T>(Func<LabelerDb, Task<T>> query)
    {
        await using var db = _world.Open();
        return await query(db);
    }
}
