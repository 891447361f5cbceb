using Labeler.Shared.Data;
using Labeler.Shared.Jobs;
using Labeler.Tests.Support;
using Labeler.TrainingEngine.Worker;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Labeler.TrainingEngine.Tests.Worker;

/// <summary>A job's figures and lines on a real database, around the moment in which it ends.</summary>
public sealed class JobPulseTests : IAsyncLifetime
{
    private static readonly TimeSpan LongerThanBetweenTwoBeats = TimeSpan.FromSeconds(2.5);
    private readonly TemporaryFolder folder = new();
    private readonly DatabaseThread database = new();
    private OpenedData data = null!;
    private Job job = null!;

    public async Task InitializeAsync()
    {
        data = new(Path.Combine(folder.Path, "data"));
        await data.Get<Migrator>().Apply();
        await using (var db = await data.Open())
        {
            db.Jobs.Add(Job.Queue(JobKind.Train, null, null, null, DateTimeOffset.UtcNow));
            await db.SaveChangesAsync();
        }
        job = (await data.Get<JobQueue>().Claim("worker", [JobKind.Train]))!;
    }

    public async Task DisposeAsync()
    {
        database.Dispose();
        await data.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        folder.Dispose();
    }

    [Fact]
    public async Task A_heartbeat_that_comes_after_the_end_takes_no_figure_and_no_line_away()
    {
        var pulse = Pulse();
        pulse.End(async () =>
        {
            pulse.Measure(1, "loss", .5);
            await Task.Delay(LongerThanBetweenTwoBeats);
            Assert.True(await data.Get<JobQueue>().Succeed(job));
        });
        pulse.Say("trained");
        await Task.Delay(LongerThanBetweenTwoBeats);
        Assert.Equal(HeartbeatResult.GoOn, pulse.HeartbeatResult);
        Assert.False(pulse.Stop.IsCancellationRequested);
        await pulse.DisposeAsync();
        Assert.Equal(1, (await data.Read(db => db.JobMetrics.SingleAsync())).Step);
        Assert.Equal("trained", (await data.Read(db => db.JobLines.SingleAsync())).Text);
    }

    [Fact]
    public async Task Figures_are_there_before_the_job_counts_as_ended()
    {
        await using var pulse = Pulse();
        pulse.Measure(8, "loss", .25);
        var seen = pulse.End(() => data.Read(db => db.JobMetrics.SingleAsync()));
        Assert.Equal((8, .25), (seen.Step, seen.Value));
    }

    [Fact]
    public async Task Figures_that_the_database_did_not_take_wait_for_the_next_beat()
    {
        await using (var pulse = Pulse())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500));
            await Execute("""ALTER TABLE "JobMetrics" RENAME TO "Away" """);
            pulse.Measure(1, "loss", .5);
            await Task.Delay(LongerThanBetweenTwoBeats);
            await Execute("""ALTER TABLE "Away" RENAME TO "JobMetrics" """);
            Assert.Equal(0, await data.Read(db => db.JobMetrics.CountAsync()));
            pulse.Measure(2, "loss", .25);
        }
        Assert.Equal([1, 2], await data.Read(db => db.JobMetrics.OrderBy(metric => metric.Step).Select(metric => metric.Step).ToListAsync()));
    }

    [Fact]
    public async Task A_lease_that_another_worker_has_stops_the_work()
    {
        await using var pulse = Pulse();
        await data.Get<JobQueue>().GiveBack(job);
        await Task.Delay(LongerThanBetweenTwoBeats);
        Assert.Equal(HeartbeatResult.Lost, pulse.HeartbeatResult);
        Assert.True(pulse.Stop.IsCancellationRequested);
    }

    private JobReporter Pulse() => new(data.Get<JobQueue>(), database, job, TextWriter.Null, CancellationToken.None);

    private async Task Execute(string sql)
    {
        await using var db = await data.Open();
        await db.Database.ExecuteSqlRawAsync(sql);
    }
}
