using Labeler.Shared.Projects;
using Labeler.Shared.Statistics;
using Labeler.Shared.Tests.Support;
using Labeler.Shared.Voting;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Shared.Tests.Voting;

[Collection(Databases.Collection)]
public sealed class Votes_are_reviewed(Databases databases)
{
    private static readonly ProjectSettings TwoVotes = new() { VotesPerItem = 2 };

    [Theory, OnEachDatabase]
    public async Task A_vote_set_aside_has_its_item_asked_again_until_it_is_released(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 2);
        await scene.VoteAll(Guid.NewGuid(), _ => Scene.Flag(1));
        var vote = await scene.Read(db => db.Votes.OrderBy(v => v.Id).FirstAsync());

        Assert.Equal(1, await world.Get<Review>().Quarantine(scene.Project.Id, [vote.Id], "pressed without looking"));
        Assert.Equal(vote.ItemId, (await scene.Next(Guid.NewGuid())).ItemId);
        Assert.Equal(6, (await scene.Cycle.DryRun(scene.Epoch.Id)).Signal);
        Assert.Equal([vote.ItemId], await Shown(scene, ReviewFilter.Quarantined));

        Assert.Equal(1, await world.Get<Review>().Release(scene.Project.Id, [vote.Id]));
        Assert.Equal(0, await world.Get<Review>().Release(scene.Project.Id, [vote.Id]));
        Assert.Empty((await scene.Queue.Take(scene.Project.Id, Guid.NewGuid(), 1, [])).Leases);
        Assert.Equal(12, (await scene.Cycle.DryRun(scene.Epoch.Id)).Signal);
        Assert.Empty(await Shown(scene, ReviewFilter.Quarantined));
    }

    [Theory, OnEachDatabase]
    public async Task Where_people_say_different_things_is_shown_and_where_they_agree_is_not(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 3, settings: TwoVotes);
        var (first, second) = (await scene.Person("first"), await scene.Person("second"));
        await scene.VoteAll(first.Id, _ => Scene.Flag(1));
        var odd = (await scene.Next(second.Id)).ItemId;
        await scene.Vote(second.Id, odd, Scene.Flag(1, 4));
        await scene.VoteAll(second.Id, _ => Scene.Flag(1));

        Assert.Equal([odd], await Shown(scene, ReviewFilter.Split));
        await using var db = world.Open();
        var reviewed = (await ReviewedItem.Read(db, scene.Project, ReviewFilter.Split, new(), 0, 20)).Single();
        Assert.Equal(["first", "second"], reviewed.Votes.Select(v => v.Annotator));
        Assert.Equal(7, reviewed.Item.Group!.Images.Count);
    }

    [Theory, OnEachDatabase]
    public async Task Pages_hold_the_items_of_one_person_with_the_newest_first(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 5, settings: TwoVotes);
        var (one, other) = (await scene.Person("one"), await scene.Person("other"));
        await scene.VoteAll(one.Id, _ => Scene.Flag(1));
        var last = (await scene.Next(other.Id)).ItemId;
        await scene.Vote(other.Id, last, Scene.Flag(1));

        Assert.Equal([last], await Shown(scene, ReviewFilter.Newest, other.Id));
        var all = await Shown(scene, ReviewFilter.Newest);
        Assert.Equal((5, last), (all.Count, all[0]));
        await using var db = world.Open();
        Assert.Equal(all[2..4], (await ReviewedItem.Read(db, scene.Project, ReviewFilter.Newest, new(), 2, 2)).Select(r => r.Item.Id));
    }

    [Theory, OnEachDatabase]
    public async Task A_vote_becomes_the_right_answer_that_others_are_measured_by(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 1);
        var knows = (await scene.Person("knows")).Id;
        await scene.VoteAll(knows, _ => Scene.Flag(3));
        var vote = await scene.Read(db => db.Votes.SingleAsync());

        await world.Get<Review>().MakeGold(scene.Project.Id, vote.Id);
        await scene.VoteAll((await scene.Person("wrong")).Id, _ => Scene.Flag(4));

        await using var db = world.Open();
        Assert.Equal(0, (await AnnotatorFigures.Read(db, scene.Project.Id)).Single(p => p.Name == "wrong").Gold!.Share);
        Assert.Equal(0, (await scene.Cycle.DryRun(scene.Epoch.Id)).Signal);
        Assert.Equal(ItemUse.Gold, (await scene.Read(d => d.Items.SingleAsync())).Use);
    }

    [Theory, OnEachDatabase]
    public async Task A_vote_that_says_nothing_or_is_not_there_cannot_be_the_right_answer(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 1);
        await scene.VoteAll(Guid.NewGuid(), _ => new SkipVerdict("too small"));
        var vote = await scene.Read(db => db.Votes.SingleAsync());
        Assert.Contains("judgment", (await Assert.ThrowsAsync<LabelerException>(() => world.Get<Review>().MakeGold(scene.Project.Id, vote.Id))).Message, StringComparison.Ordinal);
        Assert.Contains("no such vote", (await Assert.ThrowsAsync<LabelerException>(() => world.Get<Review>().MakeGold(scene.Project.Id + 1, vote.Id))).Message, StringComparison.Ordinal);
    }

    [Theory, OnEachDatabase]
    public async Task Where_people_disagree_a_lead_lets_one_vote_decide_and_nobody_is_asked_again(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 1, settings: TwoVotes);
        await scene.VoteAll(Guid.NewGuid(), _ => Scene.Flag(1));
        await scene.VoteAll(Guid.NewGuid(), _ => Scene.Flag(1, 2));
        Assert.Equal(5, (await scene.Cycle.DryRun(scene.Epoch.Id)).Signal);
        var (overruled, decides) = await scene.Read(db => db.Votes.OrderBy(v => v.Id).Select(v => v.Id).ToListAsync()) is [var a, var b] ? (a, b) : default;

        Assert.Equal(1, await world.Get<Review>().Decide(scene.Project.Id, decides, "Ada"));
        Assert.Equal(2 * 5, (await scene.Cycle.DryRun(scene.Epoch.Id)).Signal);
        Assert.Empty((await scene.Queue.Take(scene.Project.Id, Guid.NewGuid(), 1, [])).Leases);
        Assert.Equal("Ada decided for another vote on this item.", (await scene.Read(db => db.Votes.SingleAsync(v => v.Id == overruled))).Quarantine);
        await Assert.ThrowsAsync<LabelerException>(() => world.Get<Review>().Decide(scene.Project.Id, overruled, "Ada"));

        await world.Get<Review>().Release(scene.Project.Id, [overruled]);
        Assert.Equal(5, (await scene.Cycle.DryRun(scene.Epoch.Id)).Signal);
    }

    private static async Task<List<long>> Shown(Scene scene, ReviewFilter filter, Guid? who = null)
    {
        await using var db = scene.World.Open();
        return [.. (await ReviewedItem.Read(db, scene.Project, filter, new(who), 0, 20)).Select(r => r.Item.Id)];
    }
}
