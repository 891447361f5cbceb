using Labeler.Shared.Data;
using Labeler.Shared.Tests.Support;
using Labeler.Shared.Voting;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Shared.Tests.Data;

[Collection(Databases.Collection)]
public sealed class A_locked_database_loses_nothing(Databases databases)
{
    [Fact]
    public async Task A_vote_waits_for_another_process_that_writes()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, groups: 1);
        var person = Guid.NewGuid();
        var item = (await scene.Next(person)).ItemId;

        await using var other = new SqliteConnection($"Data Source={world.Get<DataFolder>().Database};Pooling=False");
        await other.OpenAsync();
        var transaction = other.BeginTransaction();
        var vote = Task.Run(() => scene.Vote(person, item, Scene.Flag(1)));
        await Task.Delay(200);
        Assert.False(vote.IsCompleted);
        transaction.Rollback();
        Assert.Equal(Outcome.Accepted, (await vote).Outcome);
    }

    [Fact]
    public async Task Readers_do_not_wait_for_a_writer()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, groups: 1);
        await using var writer = world.Open();
        await using var transaction = await writer.Database.BeginTransactionAsync();
        await writer.Items.ExecuteUpdateAsync(set => set.SetProperty(i => i.Rank, 99));
        Assert.Equal(0, await scene.Read(db => db.Items.Select(i => i.Rank).SingleAsync()));
    }

    [Fact]
    public async Task A_lock_that_does_not_go_away_is_one_clear_line_and_the_vote_can_be_sent_again()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, groups: 1);
        var (person, key) = (Guid.NewGuid(), Guid.NewGuid());
        var item = (await scene.Next(person)).ItemId;
        await using (var other = new SqliteConnection($"Data Source={world.Get<DataFolder>().Database};Pooling=False"))
        {
            await other.OpenAsync();
            using var transaction = other.BeginTransaction();
            var impatient = new VoteRecorder(new Impatient(world.Contexts), world.Clock);
            var error = await Assert.ThrowsAsync<StorageException>(() => impatient.Cast(new VoteSubmission(key, item, person, Scene.Flag(1), 900, null)));
            Assert.Contains("busy", error.Message);
        }
        Assert.Equal(Outcome.Accepted, (await scene.Vote(person, item, Scene.Flag(1), key)).Outcome);
        Assert.Equal(1, await scene.Read(db => db.Votes.CountAsync()));
    }

    /// <summary>Contexts whose connections wait for a lock only briefly.</summary>
    private sealed class Impatient(IDbContextFactory<LabelerDb> contexts) : IDbContextFactory<LabelerDb>
    {
        public LabelerDb CreateDbContext()
        {
            var db = contexts.CreateDbContext();
            db.Database.OpenConnection();
            ((SqliteConnection)db.Database.GetDbConnection()).DefaultTimeout = 1;
            db.Database.ExecuteSql($"PRAGMA busy_timeout=100");
            return db;
        }
    }
}
