using Labeler.Shared.Data;
using Labeler.Shared.Projects;
using Labeler.Shared.Statistics;
using Labeler.Shared.Tests.Support;
using Labeler.Shared.Voting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.Shared.Tests.Voting;

[Collection(Databases.Collection)]
public sealed class People_are_asked_for_so_much(Databases databases)
{
    [Theory, OnEachDatabase]
    public async Task Whoever_has_given_a_day_s_votes_is_handed_nothing_more_until_the_next_day(string database)
    {
        await using var world = await databases.World(database);
        var (scene, person) = await With(world, new(PerDay: 3, InTotal: null), groups: 8);
        var first = (await scene.Queue.Take(scene.Project.Id, person, 16, [])).Leases.Select(l => l.ItemId).ToList();
        Assert.Equal(3, first.Count);
        // They hold as many as they may give; what they hold is still theirs.
        Assert.Equal(NoItemsReason.QuotaOfDay, (await scene.Queue.Take(scene.Project.Id, person, 16, first)).Why);
        Assert.Equal(first, (await scene.Queue.Take(scene.Project.Id, person, 16, [])).Leases.Select(l => l.ItemId));
        foreach (var item in first)
        {
            Assert.Equal(Outcome.Accepted, (await scene.Vote(person, item, Scene.Flag(1))).Outcome);
        }
        Assert.Equal(NoItemsReason.QuotaOfDay, (await scene.Queue.Take(scene.Project.Id, person, 16, [])).Why);
        Assert.NotEmpty((await scene.Queue.Take(scene.Project.Id, (await scene.Person("another")).Id, 1, [])).Leases);
        world.Clock.Advance(TimeSpan.FromHours(15));
        Assert.Equal(3, (await scene.Queue.Take(scene.Project.Id, person, 16, [])).Leases.Count);
    }

    [Theory, OnEachDatabase]
    public async Task A_quota_in_total_counts_votes_that_stand_and_neither_skips_nor_those_taken_back(string database)
    {
        await using var world = await databases.World(database);
        var (scene, person) = await With(world, new(PerDay: null, InTotal: 2), groups: 8, LabelingTask.PreferPair);
        var pair = new PairVerdict(PairPick.Left, FirstOnLeft: true, Displayed: true, Unblurred: true);
        var (key, item) = (Guid.NewGuid(), (await scene.Next(person)).ItemId);
        await scene.Vote(person, item, pair, key);
        await scene.Vote(person, (await scene.Next(person)).ItemId, new SkipVerdict("unclear"));
        await scene.Vote(person, (await scene.Next(person)).ItemId, pair);
        Assert.Equal(NoItemsReason.QuotaInTotal, (await scene.Queue.Take(scene.Project.Id, person, 4, [])).Why);
        await scene.Box.Undo(Guid.NewGuid(), person, key);
        Assert.Equal(item, (await scene.Next(person)).ItemId);
        await scene.Vote(person, item, pair);
        Assert.Equal(NoItemsReason.QuotaInTotal, (await scene.Queue.Take(scene.Project.Id, person, 4, [])).Why);
    }

    [Theory, OnEachDatabase]
    public async Task One_member_has_a_quota_of_their_own_and_what_they_held_before_it_still_counts(string database)
    {
        await using var world = await databases.World(database);
        var (scene, person) = await With(world, new(PerDay: 1, InTotal: null), groups: 8);
        await Change(scene, db => Assignment.Ask(db, scene.Project.Id, person, new(null, null)));
        var held = (await scene.Queue.Take(scene.Project.Id, person, 5, [])).Leases.Select(l => l.ItemId).ToList();
        Assert.Equal(5, held.Count);
        await Change(scene, db => Assignment.Ask(db, scene.Project.Id, person, new(null, 2)));
        foreach (var item in held)
        {
            Assert.Equal(Outcome.Accepted, (await scene.Vote(person, item, Scene.Flag(1))).Outcome);
        }
        Assert.Equal(NoItemsReason.QuotaInTotal, (await scene.Queue.Take(scene.Project.Id, person, 1, [])).Why);
        await Change(scene, db => Assignment.Ask(db, scene.Project.Id, person, null));
        Assert.Equal(NoItemsReason.QuotaOfDay, (await scene.Queue.Take(scene.Project.Id, person, 1, [])).Why);
        await using var db = world.Open();
        var project = await db.Projects.SingleAsync();
        var standing = Assert.Single(await QuotaStanding.Read(db, project, Assignment.DayStart(world.Clock), await AnnotatorFigures.Read(db, project.Id)));
        Assert.Equal((person, new Quota(1, null), 5, 5), (standing.AnnotatorId, standing.Quota, standing.Today, standing.InTotal));
        Assert.Equal(standing, await QuotaStanding.Of(db, project, person, Assignment.DayStart(world.Clock)));
        Assert.Throws<LabelerException>(() => project.Ask(new(0, null)));
    }

    [Theory, OnEachDatabase]
    public async Task A_person_in_many_windows_at_once_is_handed_no_more_than_the_quota(string database)
    {
        await using var world = await databases.World(database);
        var (scene, person) = await With(world, new(PerDay: 5, InTotal: null), groups: 30);
        await using var other = world.AnotherProcess();
        ItemQueue[] queues = [scene.Queue, other.GetRequiredService<ItemQueue>()];
        var handed = await Task.WhenAll(Enumerable.Range(0, 12).Select(n => Task.Run(() => queues[n % 2].Take(scene.Project.Id, person, 2 + n, []))));
        Assert.Equal(5, handed.SelectMany(h => h.Leases).Select(l => l.ItemId).Distinct().Count());
    }

    [Theory, OnEachDatabase]
    public async Task A_member_labels_the_prompts_that_were_chosen_for_them_and_others_label_all(string database)
    {
        await using var world = await databases.World(database);
        var (scene, person) = await With(world, default, groups: 7);
        var free = (await scene.Person("free")).Id;
        await scene.Read(db => db.Groups.Where(g => g.Number > 3).ExecuteUpdateAsync(set => set.SetProperty(g => g.Prompt, "an open hand")));
        var held = (await scene.Next(person)).ItemId;
        await Change(scene, db => Assignment.Choose(db, scene.Project.Id, person, ["an open hand", "", "an open hand"], world.Now));
        // What they held of others went back.
        Assert.Empty(await scene.Queue.Extend(person, [held]));
        await scene.VoteAll(person, lease =>
        {
            Assert.Equal("an open hand", lease.Item!.Group!.Prompt);
            return Scene.Flag(1);
        });
        Assert.Equal(3, await scene.Read(db => db.Votes.CountAsync()));
        Assert.Equal(4, (await scene.Queue.Take(scene.Project.Id, free, 16, [])).Leases.Count);
        await scene.Queue.Release(free, await scene.Read(db => db.Items.Select(i => i.Id).ToListAsync()));
        Assert.Contains("\"a foot\"", (await Assert.ThrowsAsync<LabelerException>(() => Change(scene, db => Assignment.Choose(db, scene.Project.Id, person, ["a foot"], world.Now)))).Message, StringComparison.Ordinal);
        await Change(scene, db => Assignment.Choose(db, scene.Project.Id, person, [], world.Now));
        Assert.Equal(4, (await scene.Queue.Take(scene.Project.Id, person, 16, [])).Leases.Count);
    }

    [Theory, OnEachDatabase]
    public async Task Practice_asks_of_the_chosen_prompts_and_not_when_the_quota_is_reached(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, 5, settings: new ProjectSettings { PracticeItems = 1, PracticePercent = 100, Anchors = 0 });
        var person = (await scene.Person("practices")).Id;
        await scene.Read(db => db.Groups.Where(g => g.Number > 2).ExecuteUpdateAsync(set => set.SetProperty(g => g.Prompt, "an open hand")));
        await Change(scene, db => Assignment.Choose(db, scene.Project.Id, person, ["an open hand"], world.Now));
        await Change(scene, async db => (await db.Items.OrderBy(i => i.Id).FirstAsync()).MakeGold(Scene.Flag(1)));
        var practice = world.Get<Practice>();
        Assert.Equal(PracticeState.Missing, (await practice.Turn(scene.Project.Id, person)).State);
        Assert.Equal(PracticeState.Open, (await practice.Turn(scene.Project.Id, (await scene.Person("of all")).Id)).State);
        await practice.LetIn(scene.Project.Id, person, "a lead");
        await Change(scene, db => Assignment.Ask(db, scene.Project.Id, person, new(null, 1)));
        await scene.Vote(person, (await scene.Next(person)).ItemId, Scene.Flag(2));
        await practice.AskAgain(scene.Project.Id, person, "a lead");
        Assert.Equal(NoItemsReason.QuotaInTotal, (await scene.Queue.Take(scene.Project.Id, person, 1, [])).Why);
    }

    // A quota for everybody, and somebody whom it is for.
    private static async Task<(Scene Scene, Guid Person)> With(World world, Quota quota, int groups, LabelingTask task = LabelingTask.FlagBatch)
    {
        var scene = await Scene.Sampled(world, groups, task, task == LabelingTask.PreferPair ? new ProjectSettings { GroupSize = 2 } : null);
        await Change(scene, async db => (await db.Projects.SingleAsync()).Ask(quota));
        return (scene, (await scene.Person("asked")).Id);
    }

    private static async Task Change(Scene scene, Func<LabelerDb, Task> change)
    {
        await using var db = scene.World.Open();
        await change(db);
        await db.SaveChangesAsync();
    }
}
