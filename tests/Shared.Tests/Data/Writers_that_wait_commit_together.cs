using System.Data.Common;
using Labeler.Shared.Data;
using Labeler.Shared.Data.Sqlite;
using Labeler.Shared.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Time.Testing;

namespace Labeler.Shared.Tests.Data;

[Collection(Databases.Collection)]
public sealed class Writers_that_wait_commit_together(Databases databases)
{
    private static readonly AsyncLocal<string?> Ambient = new();

    [Fact]
    public async Task What_comes_while_one_writes_is_in_its_commit()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var counted = new Counted(world) { Queue = new(new FakeTimeProvider()) };
        var others = Enumerable.Range(0, 10);
        var all = await WithOneInFront(counted, () => others.Select(n => Add(counted, $"w{n}")));
        Assert.All(all, one => Assert.True(one.IsCompletedSuccessfully));
        Assert.Equal(1, counted.Commits);
        Assert.Equal(["front", .. others.Select(n => $"w{n}")], await Names(world));
    }

    [Fact]
    public async Task Nobody_waits_for_many_slow_ones_that_came_later()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var clock = new FakeTimeProvider();
        var counted = new Counted(world) { Queue = new(clock) };
        // Two in each commit: after the first that joined the time is over.
        var others = Enumerable.Range(0, 9);
        var all = await WithOneInFront(counted, () => others.Select(n => Add(counted, $"w{n}", after: Slow)));
        Assert.All(all, one => Assert.True(one.IsCompletedSuccessfully));
        Assert.Equal(5, counted.Commits);
        Assert.Equal(["front", .. others.Select(n => $"w{n}")], await Names(world));

        Task Slow()
        {
            clock.Advance(TimeSpan.FromMilliseconds(30));
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task One_of_them_that_fails_leaves_nothing_and_the_others_stay()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var counted = new Counted(world);
        var all = await WithOneInFront(counted, () => [Add(counted, "before"), Add(counted, "broken", fails: true), Add(counted, "after")]);
        Assert.Equal("broken", (await Assert.ThrowsAsync<InvalidOperationException>(() => all[2])).Message);
        Assert.Equal(["front", "before", "after"], await Names(world));
    }

    [Fact]
    public async Task The_one_in_front_that_fails_takes_nobody_with_it()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var counted = new Counted(world);
        var all = await WithOneInFront(counted, () => [Add(counted, "other")], frontFails: true);
        await Assert.ThrowsAsync<InvalidOperationException>(() => all[0]);
        await all[1];
        Assert.Equal(["other"], await Names(world));
    }

    [Fact]
    public async Task Where_the_commit_fails_each_of_them_is_told()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var counted = new Counted(world) { Error = new SqliteException("database or disk is full", 13) };
        var all = await WithOneInFront(counted, () => [Add(counted, "one"), Add(counted, "two")]);
        foreach (var one in all)
        {
            Assert.Contains("disk that holds the database is full", (await Assert.ThrowsAsync<StorageException>(() => one)).Message);
        }
        Assert.Empty(await Names(world));
    }

    [Fact]
    public async Task Who_gives_up_waiting_is_not_written()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var counted = new Counted(world);
        using var patience = new CancellationTokenSource();
        var (open, front) = Front(counted);
        var waiting = Add(counted, "gone", cancel: patience.Token);
        var other = Add(counted, "other");
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        open.SetResult();
        await Task.WhenAll(front, other);
        Assert.Equal(["front", "other"], await Names(world));
    }

    [Fact]
    public async Task Each_runs_with_what_was_ambient_where_it_was_asked_for()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var counted = new Counted(world);
        var seen = new List<string?>();
        await WithOneInFront(counted, () => [Under("one"), Under("two")]);
        Assert.Equal(["one", "two"], seen);

        async Task Under(string name)
        {
            Ambient.Value = name;
            await counted.Write(LockScope.Names, 0, _ =>
            {
                seen.Add(Ambient.Value);
                return Task.FromResult(name);
            });
        }
    }

    // All are asked for while the one in front still writes.
    private static async Task<List<Task>> WithOneInFront(Counted contexts, Func<IEnumerable<Task>> others, bool frontFails = false)
    {
        var (open, front) = Front(contexts, frontFails);
        List<Task> all = [front, .. others()];
        open.SetResult();
        await Task.WhenAll(all).ContinueWith(_ => { }, TaskScheduler.Default);
        return all;
    }

    private static (TaskCompletionSource Open, Task Front) Front(Counted contexts, bool fails = false)
    {
        var open = new TaskCompletionSource();
        return (open, Add(contexts, "front", fails, () => open.Task));
    }

    private static Task Add(Counted contexts, string name, bool fails = false, Func<Task>? after = null, CancellationToken cancel = default)
    {
        return contexts.Queue?.Write(contexts, Work, cancel) ?? contexts.Write(LockScope.Names, 0, Work, cancel);

        async Task<string> Work(LabelerDb db)
        {
            await (after?.Invoke() ?? Task.CompletedTask);
            db.Teams.Add(new(name, default));
            await db.SaveChangesAsync(cancel);
            return fails ? throw new InvalidOperationException(name) : name;
        }
    }

    private static async Task<List<string>> Names(World world)
    {
        await using var db = world.Open();
        return await db.Teams.OrderBy(team => team.Id).Select(team => team.Name).ToListAsync();
    }

    /// <summary>Contexts whose commits are counted, and fail where an error is given.</summary>
    private sealed class Counted : DbTransactionInterceptor, IDbContextFactory<LabelerDb>
    {
        private readonly DbContextOptions<SqliteLabelerDb> _options;

        public Counted(World world)
        {
            var options = new DbContextOptionsBuilder<SqliteLabelerDb>();
            SqliteLabelerDb.Configure(options, world.Get<DataFolder>());
            _options = options.AddInterceptors(this).Options;
        }

        public int Commits { get; private set; }

        /// <summary>Where the writers wait; the queue of the file where it is null.</summary>
        public GroupCommit? Queue { get; init; }

        public Exception? Error { get; init; }

        public LabelerDb CreateDbContext() => new SqliteLabelerDb(_options);

        public override ValueTask<InterceptionResult> TransactionCommittingAsync(
            DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
        {
            Commits++;
            return Error is null ? ValueTask.FromResult(result) : throw Error;
        }
    }
}
