using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Labeler.Shared.Jobs;
using Labeler.Shared.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Labeler.Shared.Tests.Jobs;

[Collection(Databases.Collection)]
public sealed class The_runner_does_jobs(Databases databases)
{
    [Fact]
    public async Task A_job_that_fails_says_why_and_the_next_one_is_done()
    {
        await using var world = await databases.World(Databases.Sqlite);
        await Queue(world, JobKind.Import, JobKind.Caption);
        using var stop = new CancellationTokenSource();
        Run(world, stop.Token,
            new Handler(JobKind.Import, (_, _) => throw new LabelerException("The zip is damaged.")),
            new Handler(JobKind.Caption, (job, reporter) =>
            {
                Assert.True(reporter.End(() => world.Get<JobQueue>().Succeed(job)));
                stop.Cancel();
            }));
        await using var db = world.Open();
        Assert.Equal(
            [(JobState.Failed, "The zip is damaged."), (JobState.Succeeded, null)],
            (await db.Jobs.OrderBy(job => job.Id).ToListAsync()).Select(job => (job.State, job.Error)));
        Assert.Equal("failed: The zip is damaged.", (await db.JobLines.SingleAsync()).Text);
    }

    [Theory, MemberData(nameof(NoAnswers))]
    public async Task A_job_during_which_the_database_does_not_answer_is_not_failed_and_is_taken_again_when_its_lease_is_over(Exception noAnswer)
    {
        await using var world = await databases.World(Databases.Sqlite);
        await Queue(world, JobKind.Import, JobKind.Caption);
        using var stop = new CancellationTokenSource();
        Run(world, stop.Token,
            new Handler(JobKind.Import, (_, _) => throw noAnswer),
            new Handler(JobKind.Caption, (_, _) => stop.Cancel()));
        Assert.Equal(JobState.Running, (await world.Open().Jobs.SingleAsync(job => job.Kind == JobKind.Import)).State);
        world.Clock.Advance(Job.LeaseLifetime + TimeSpan.FromSeconds(1));
        Assert.Equal(2, (await world.Get<JobQueue>().Claim("another", [JobKind.Import]))!.Attempt);
    }

    /// <summary>As the driver says it, and as Entity Framework wraps it.</summary>
    public static TheoryData<Exception> NoAnswers()
    {
        var cut = new NpgsqlException("Exception while reading from stream", new IOException("Connection reset by peer"));
        return [cut, new InvalidOperationException("likely due to a transient failure", new DbUpdateException("An error occurred", cut))];
    }

    [Fact]
    public async Task What_ends_here_is_counted_by_its_kind_and_how()
    {
        await using var world = await databases.World(Databases.Sqlite);
        await Queue(world, JobKind.Import, JobKind.Caption, JobKind.ImportPairs);
        using var stop = new CancellationTokenSource();
        var counted = new ConcurrentQueue<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name == "labeler.worker.job.duration")
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((_, seconds, tags, _) => counted.Enqueue(string.Join(' ', [.. tags.ToArray().Select(tag => tag.Value)]) + (seconds >= 0 ? "" : "!")));
        listener.Start();
        Run(world, stop.Token,
            new Handler(JobKind.Import, (_, _) => throw new LabelerException("The zip is damaged.")),
            new Handler(JobKind.Caption, (job, reporter) => reporter.End(() => world.Get<JobQueue>().Succeed(job))),
            new Handler(JobKind.ImportPairs, (_, reporter) =>
            {
                stop.Cancel();
                reporter.Stop.ThrowIfCancellationRequested();
            }));
        // Runners of other tests are heard too.
        Assert.Subset(counted.ToHashSet(), new HashSet<string> { "Import failed", "Caption done", "ImportPairs given back" });
    }

    [Fact]
    public async Task A_runner_that_is_stopped_gives_its_job_back_and_loses_no_attempt()
    {
        await using var world = await databases.World(Databases.Sqlite);
        await Queue(world, JobKind.Import);
        using var stop = new CancellationTokenSource();
        Run(world, stop.Token, new Handler(JobKind.Import, (_, reporter) =>
        {
            stop.Cancel();
            reporter.Stop.ThrowIfCancellationRequested();
        }));
        await using var db = world.Open();
        var job = await db.Jobs.SingleAsync();
        Assert.Equal((JobState.Queued, 0, null), (job.State, job.Attempt, job.Worker));
    }

    [Fact]
    public async Task A_job_that_a_person_stops_hears_of_it_and_ends_as_stopped()
    {
        await using var world = await databases.World(Databases.Sqlite);
        await Queue(world, JobKind.Import);
        using var stop = new CancellationTokenSource();
        Run(world, stop.Token, new Handler(JobKind.Import, (job, reporter) =>
        {
            using (var db = world.Open())
            {
                db.Jobs.Single(row => row.Id == job.Id).Cancel(world.Now);
                db.SaveChanges();
            }
            Assert.True(reporter.Stop.WaitHandle.WaitOne(TimeSpan.FromSeconds(20)));
            stop.CancelAfter(TimeSpan.FromSeconds(1));
            reporter.Stop.ThrowIfCancellationRequested();
        }));
        await using var after = world.Open();
        Assert.Equal(JobState.Cancelled, (await after.Jobs.SingleAsync()).State);
    }

    [Fact]
    public async Task A_job_that_learns_while_it_writes_that_it_was_called_off_is_over_at_once()
    {
        await using var world = await databases.World(Databases.Sqlite);
        await Queue(world, JobKind.Import, JobKind.Caption);
        using var stop = new CancellationTokenSource();
        Run(world, stop.Token,
            new Handler(JobKind.Import, (job, reporter) =>
            {
                reporter.Ask(async () =>
                {
                    await using var db = world.Open();
                    (await db.Jobs.SingleAsync(row => row.Id == job.Id)).Cancel(world.Now);
                    await db.SaveChangesAsync();
                });
                throw new JobLostException(job);
            }),
            new Handler(JobKind.Caption, (_, _) => stop.Cancel()));
        Assert.Equal(JobState.Cancelled, (await world.Open().Jobs.SingleAsync(job => job.Kind == JobKind.Import)).State);
    }

    [Theory, OnEachDatabase]
    public async Task Ends_of_workers_count_against_a_job_only_while_it_gets_no_further(string database)
    {
        await using var world = await databases.World(database);
        await Queue(world, JobKind.Import);
        var jobs = world.Get<JobQueue>();
        for (var kill = 0; kill < 7; kill++)
        {
            var job = await jobs.Claim("dying", [JobKind.Import]);
            Assert.Equal(kill + 1, job!.Attempt);
            if (kill < 5)
            {
                await jobs.Advanced(job);
            }
            world.Clock.Advance(Job.LeaseLifetime + TimeSpan.FromSeconds(1));
        }
        Assert.NotNull(await jobs.Claim("dying", [JobKind.Import]));
        world.Clock.Advance(Job.LeaseLifetime + TimeSpan.FromSeconds(1));
        Assert.Null(await jobs.Claim("dying", [JobKind.Import]));
        Assert.Equal(JobState.Failed, (await world.Open().Jobs.SingleAsync()).State);
    }

    [Theory, OnEachDatabase]
    public async Task A_stopped_job_whose_workers_all_died_counts_as_stopped_and_not_as_failed(string database)
    {
        await using var world = await databases.World(database);
        await Queue(world, JobKind.Import);
        for (var attempt = 0; attempt < 3; attempt++)
        {
            var job = await world.Get<JobQueue>().Claim("dying", [JobKind.Import]);
            await using var db = world.Open();
            (await db.Jobs.SingleAsync(row => row.Id == job!.Id)).Cancel(world.Now);
            await db.SaveChangesAsync();
            world.Clock.Advance(Job.LeaseLifetime + TimeSpan.FromSeconds(1));
        }
        Assert.Null(await world.Get<JobQueue>().Claim("next", [JobKind.Import]));
        Assert.Equal(JobState.Cancelled, (await world.Open().Jobs.SingleAsync()).State);
    }

    private static void Run(World world, CancellationToken stop, params IJobHandler[] handlers)
    {
        using var database = new DatabaseThread();
        new JobRunner(world.Get<JobQueue>(), handlers, database, NullLogger.Instance).Run("runner", stop);
    }

    private static async Task Queue(World world, params JobKind[] kinds)
    {
        await using var db = world.Open();
        db.AddRange(kinds.Select(kind => Job.Queue(kind, null, null, null, world.Now)));
        await db.SaveChangesAsync();
    }

    private sealed class Handler(JobKind kind, Action<Job, JobReporter> work) : IJobHandler
    {
        public JobKind Kind => kind;

        public void Run(Job job, JobReporter reporter) => work(job, reporter);
    }
}
