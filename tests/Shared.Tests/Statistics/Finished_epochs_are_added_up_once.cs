using System.Data.Common;
using System.Text.Json;
using System.Text.Json.Serialization;
using Labeler.Shared.Data;
using Labeler.Shared.Data.Sqlite;
using Labeler.Shared.Projects;
using Labeler.Shared.Retention;
using Labeler.Shared.Statistics;
using Labeler.Shared.Tests.Support;
using Labeler.Shared.Voting;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.Shared.Tests.Statistics;

[Collection(Databases.Collection)]
public sealed class Finished_epochs_are_added_up_once(Databases databases)
{
    private static readonly JsonSerializerOptions WithNaN = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    [Theory, OnEachDatabase]
    public async Task And_again_when_a_vote_of_theirs_is_changed_by_any_server_in_any_way(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 4, settings: new() { VotesPerItem = 2, Anchors = 1 });
        var (ada, bob, late) = (await scene.Person("Ada"), await scene.Person("Bob"), await scene.Person("Late"));
        await scene.Vote(late.Id, (await scene.Next(late.Id)).ItemId, Scene.Flag(6));
        var held = (await scene.Next(late.Id)).ItemId;
        await scene.VoteAll(ada.Id, _ => Scene.Flag(1));
        await scene.VoteAll(bob.Id, _ => Scene.Flag(1, 2));
        var second = await scene.Learn(scene.Epoch, groups: 2);
        await scene.VoteAll(ada.Id, _ => Scene.Flag(3));
        await scene.VoteAll(bob.Id, _ => Scene.Flag(3, 4));
        await using var elsewhere = world.AnotherProcess();
        var (review, box) = (elsewhere.GetRequiredService<Review>(), elsewhere.GetRequiredService<VoteRecorder>());
        var kept = new Kept(scene);
        await kept.Follows(() => Task.CompletedTask, changes: false);

        var vote = await scene.Read(db => db.Votes.Where(v => v.AnnotatorId == ada.Id).OrderBy(v => v.Id).FirstAsync());
        await kept.Follows(() => review.Quarantine(scene.Project.Id, [vote.Id], "pressed without looking"));
        await kept.Follows(() => review.Release(scene.Project.Id, [vote.Id]));
        // One is set aside and another let back: as many as before.
        await kept.Follows(() => review.QuarantineAll(scene.Project.Id, bob.Id, world.Now.AddDays(-1), "all of them"));
        var bobs = await scene.Read(db => db.Votes.Where(v => v.AnnotatorId == bob.Id).OrderBy(v => v.Id).Select(v => v.Id).ToListAsync());
        await kept.Follows(async () =>
        {
            await review.Release(scene.Project.Id, [bobs[0]]);
            await review.Quarantine(scene.Project.Id, [vote.Id], "again");
        });
        await kept.Follows(() => review.Release(scene.Project.Id, [.. bobs, vote.Id]));

        var key = Guid.NewGuid();
        await kept.Follows(async () => Assert.Equal(Outcome.Surplus, (await box.Cast(new(key, held, late.Id, Scene.Flag(5), 70, world.Now))).Outcome));
        await kept.Follows(async () => Assert.Equal(Outcome.Accepted, (await box.Undo(Guid.NewGuid(), late.Id, key)).Outcome));
        await kept.Follows(() => scene.Cycle.Train(second.Id, null));
        await kept.Follows(async () =>
        {
            await Withdraw(world, bob.Id);
            await review.Withdraw(bob.Id);
        });
        world.Clock.Advance(TimeSpan.FromDays(40));
        await scene.Cycle.Cancel(second.Id);
        await kept.Follows(() => elsewhere.GetRequiredService<RetentionRun>().Apply(new() { VoteDays = 30 }));
        await kept.Follows(() => scene.Cycle.RollBack(scene.Project.Id, null));
    }

    [Theory, OnEachDatabase]
    public async Task And_again_when_the_epoch_took_votes_meanwhile_at_a_clock_that_stands_still(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 3);
        var person = await scene.Person("Ada");
        await scene.Vote(person.Id, (await scene.Next(person.Id)).ItemId, Scene.Flag(1));
        await scene.Cycle.Train(scene.Epoch.Id, null);
        var kept = new Kept(scene);
        await kept.Follows(() => Task.CompletedTask, changes: false);
        await kept.Follows(async () =>
        {
            await scene.Cycle.Cancel(scene.Epoch.Id);
            await scene.Vote(person.Id, (await scene.Next(person.Id)).ItemId, Scene.Flag(1, 2));
            await scene.Cycle.Train(scene.Epoch.Id, null);
        });
    }

    [Theory, OnEachDatabase]
    public async Task And_again_when_a_check_of_theirs_is_set_aside_or_gold_forgotten_or_options_are_worth_something_else(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 3, settings: new() { SecondPersonChecks = true, Anchors = 0 });
        var (first, second) = (await scene.Person("first"), await scene.Person("second"));
        var given = await scene.Next(first.Id);
        await scene.Vote(first.Id, given.ItemId, Scene.Flag(1));
        await world.Get<Review>().MakeGold(scene.Project.Id, await scene.Read(db => db.Votes.Select(v => v.Id).SingleAsync()));
        await scene.VoteAll(first.Id, _ => Scene.Flag(1));
        await scene.VoteAll(second.Id, _ => Scene.Flag(1));
        await scene.Learn(scene.Epoch, groups: 1);
        var kept = new Kept(scene);
        await kept.Follows(() => Task.CompletedTask, changes: false);
        var check = await scene.Read(db => db.Votes.Where(v => v.ChecksId != null && v.EpochId == scene.Epoch.Id).Select(v => v.Id).FirstAsync());
        await kept.Follows(() => world.Get<Review>().Quarantine(scene.Project.Id, [check], "did not look"));
        await kept.Follows(() => world.Get<Review>().ForgetGold(scene.Project.Id, given.ItemId));

        var scores = await Scene.Sampled(world, 3, LabelingTask.Score, new() { GroupSize = 2, Choices = [new("0", "1", "", 0), new("10", "2", "", 10)] });
        await scores.VoteAll(first.Id, lease => new ChoiceVerdict(lease.ItemId % 2 == 0 ? "0" : "10", true, true));
        await scores.Learn(scores.Epoch, groups: 1);
        var values = new Kept(scores);
        await values.Follows(() => Task.CompletedTask, changes: false);
        await values.Follows(async () =>
        {
            await using var db = world.Open();
            var project = await db.Projects.SingleAsync(p => p.Id == scores.Project.Id);
            db.Entry(project).Property(p => p.Settings).CurrentValue = project.Settings with { Choices = [new("0", "1", "", 4), new("10", "2", "", 10)] };
            await db.SaveChangesAsync();
        });
    }

    [Fact]
    public async Task And_a_reading_then_asks_for_no_row_of_their_votes_however_many_they_are()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, groups: 5, settings: new() { VotesPerItem = 2, Anchors = 0 });
        var (ada, bob, finished) = (await scene.Person("Ada"), await scene.Person("Bob"), new FinishedEpochs());
        var running = scene.Epoch;
        for (var epoch = 0; epoch < 3; epoch++)
        {
            await scene.VoteAll(ada.Id, _ => Scene.Flag(1));
            await scene.VoteAll(bob.Id, _ => Scene.Flag(1, 2));
            running = await scene.Learn(running, groups: 5);
        }
        var rows = new RowsOfVotes();
        await using var db = new SqliteLabelerDb(new DbContextOptionsBuilder<SqliteLabelerDb>()
            .UseSqlite($"Data Source={world.Get<DataFolder>().Database}").AddInterceptors(rows).Options);
        Assert.True(await Read() >= 30);
        Assert.Equal(0, await Read());
        await scene.Vote(ada.Id, (await scene.Next(ada.Id)).ItemId, Scene.Flag(1));
        var one = await Read();
        Assert.InRange(one, 1, 10);
        await scene.Vote(ada.Id, (await scene.Next(ada.Id)).ItemId, Scene.Flag(1));
        Assert.InRange(await Read(), one, 2 * one);

        async Task<int> Read()
        {
            rows.Count = 0;
            await finished.Read(db, scene.Project);
            return rows.Count;
        }
    }

    private static async Task Withdraw(World world, Guid id)
    {
        await using var db = world.Open();
        (await db.Users.SingleAsync(a => a.Id == id)).Withdraw(world.Now);
        await db.SaveChangesAsync();
    }

    /// <summary>What a server keeps that has read the figures again and again, beside one that has just begun.</summary>
    private sealed class Kept(Scene scene)
    {
        private readonly FinishedEpochs _finished = new();
        private string _last = "";

        public async Task Follows(Func<Task> act, bool changes = true)
        {
            await act();
            var (kept, fresh) = (await Told(_finished), await Told(new()));
            Assert.Equal(fresh, kept);
            Assert.Equal(kept, await Told(_finished));
            Assert.True(!changes || kept != _last, "The act is seen in no figure, so that this says nothing.");
            _last = kept;
        }

        private async Task<string> Told(FinishedEpochs finished)
        {
            await using var db = scene.World.Open();
            var project = await db.Projects.AsNoTracking().SingleAsync(p => p.Id == scene.Project.Id);
            var sums = await finished.Read(db, project);
            var (people, anchors, changes) = (await sums.People(db), await sums.Anchors(db), await EpochChange.Read(db, sums));
            // What pages read of it is what all votes add up to anew.
            Assert.Equal(JsonSerializer.Serialize(await AnnotatorFigures.Read(db, project.Id), WithNaN), JsonSerializer.Serialize(people, WithNaN));
            var anew = await EpochChange.Read(db, project);
            Assert.Equal(anew, changes);
            Assert.Equal(anew, await EpochChange.Read(db, finished, project, [.. anew.Select(change => change.Epoch)]));
            return JsonSerializer.Serialize(
                new { sums.Rates, sums.Labels, sums.Scores, sums.Wins, sums.Yield, sums.Agreement, people, anchors, changes }, WithNaN);
        }
    }

    private sealed class RowsOfVotes : DbCommandInterceptor
    {
        public int Count { get; set; }

        public override ValueTask<InterceptionResult> DataReaderClosingAsync(
            DbCommand command, DataReaderClosingEventData eventData, InterceptionResult result)
        {
            // The last reading finds that there is no more.
            Count += command.CommandText.Contains("\"Votes\"", StringComparison.Ordinal) ? Math.Max(0, eventData.ReadCount - 1) : 0;
            return ValueTask.FromResult(result);
        }
    }
}
