using Labeler.Shared.Projects;
using Labeler.Shared.Tests.Support;
using Labeler.Shared.Voting;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Shared.Tests.Voting;

[Collection(Databases.Collection)]
public sealed class Pairs_of_a_group_are_chosen(Databases databases)
{
    [Theory]
    [InlineData(2, PairChoice.BySize, 1)]
    [InlineData(4, PairChoice.BySize, 6)]
    [InlineData(7, PairChoice.All, 21)]
    public async Task A_small_group_or_one_of_which_all_is_asked_meets_in_every_pair_once(int images, PairChoice choice, int pairs)
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, 2, LabelingTask.PreferPair, new() { GroupSize = images, Pairs = choice });
        var asked = await Asked(scene);
        Assert.Equal(2 * pairs, asked.Count);
        Assert.Equal(asked.Count, asked.Distinct().Count());
        Assert.All(asked, pair => Assert.True(pair.First < pair.Second));
        // Groups come one after the other: no rank is in two of them.
        var ranks = await scene.Read(db => db.Items.Select(item => new { item.Rank, item.Group!.Number }).ToListAsync());
        Assert.All(ranks.GroupBy(item => item.Rank), rank => Assert.Single(rank));
        Assert.True(ranks.Where(item => item.Number == 0).Max(item => item.Rank) < ranks.Where(item => item.Number == 1).Min(item => item.Rank));
    }

    [Theory, OnEachDatabase]
    public async Task A_larger_group_is_asked_what_a_sort_wants_to_know_until_its_order_is_known(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, 1, LabelingTask.PreferPair, new() { GroupSize = 7 });
        int[] quality = [3, 6, 1, 5, 0, 4, 2];
        Assert.Equal([(1, 2), (3, 4), (5, 6)], (await Asked(scene)).Select(pair => (pair.First, pair.Second)));
        await scene.VoteAll(Guid.NewGuid(), lease => Say(lease, quality[lease.Item!.First!.Index] - quality[lease.Item.Second!.Index]));

        var pairs = (await scene.Cycle.DryRun(scene.Epoch.Id)).Preferences.Groups.Single().Pairs;
        Assert.InRange(pairs.Count, 10, 14);
        Assert.Equal(pairs.Count, await scene.Read(db => db.Items.CountAsync(item => item.State == ItemState.Done)));
        Assert.All(pairs, pair => Assert.True(quality[pair.Winner] > quality[pair.Loser]));
        // Every two neighbors of the order have met, so that the whole order follows.
        var met = pairs.Select(pair => (quality[pair.Winner], quality[pair.Loser])).ToHashSet();
        Assert.All(Enumerable.Range(0, 6), place => Assert.Contains((place + 1, place), met));
    }

    [Fact]
    public async Task Ties_skips_and_a_leads_decision_let_the_sort_go_on()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, 1, LabelingTask.PreferPair, new() { GroupSize = 3, Pairs = PairChoice.Sorted, VotesPerItem = 2 });
        var (ada, ben) = (Guid.NewGuid(), Guid.NewGuid());
        await scene.Vote(ada, (await scene.Next(ada)).ItemId, new SkipVerdict("cannot tell"));
        Assert.Single(await Asked(scene));
        await scene.Vote(ben, (await scene.Next(ben)).ItemId, new PairVerdict(PairPick.Tie, true, true, true));
        Assert.Equal([(1, 2), (0, 1)], (await Asked(scene)).Select(pair => (pair.First, pair.Second)));
        // The only vote so far decides: the second one is not waited for.
        var lease = await scene.Next(ada);
        var vote = (await scene.Vote(ada, lease.ItemId, Say(lease, -1))).VoteId!.Value;
        Assert.Equal(2, (await Asked(scene)).Count);
        await world.Get<Review>().Decide(scene.Project.Id, vote, "Lea");
        Assert.Equal([(1, 2), (0, 1), (0, 2)], (await Asked(scene)).Select(pair => (pair.First, pair.Second)));
    }

    [Fact]
    public async Task A_group_that_was_asked_in_a_ring_keeps_its_questions_and_its_votes_teach()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, 1, LabelingTask.PreferPair, new() { GroupSize = 5 });
        await using (var db = world.Open())
        {
            var images = await db.Images.OrderBy(image => image.Index).Select(image => image.Id).ToListAsync();
            var (one, group) = (await db.Items.OrderBy(item => item.Id).FirstAsync(), await db.Groups.SingleAsync());
            await db.Items.ExecuteDeleteAsync();
            for (var n = 0; n < images.Count; n++)
            {
                await db.Database.ExecuteSqlAsync($"""
                    INSERT INTO "Items" ("ProjectId", "EpochId", "Use", "State", "Rank", "GroupId", "FirstId", "SecondId", "VotesWanted", "Votes")
                    VALUES ({one.ProjectId}, {one.EpochId}, 0, 0, {n}, {group.Id}, {images[n]}, {images[(n + 1) % images.Count]}, 1, 0)
                    """);
            }
        }
        await scene.VoteAll(Guid.NewGuid(), lease => Say(lease, lease.Item!.Second!.Index - lease.Item.First!.Index));
        Assert.Equal(5, (await Asked(scene)).Count);
        Assert.Equal([(0, 1), (0, 4), (1, 2), (2, 3), (3, 4)], (await scene.Cycle.DryRun(scene.Epoch.Id)).Preferences.Groups.Single().Pairs.Select(pair => (pair.Winner, pair.Loser)).Order());
    }

    private static PairVerdict Say(Lease lease, int better) =>
        new(better == 0 ? PairPick.Tie : better > 0 == lease.FirstOnLeft ? PairPick.Left : PairPick.Right, lease.FirstOnLeft, true, true);

    private static async Task<List<(int Group, int First, int Second)>> Asked(Scene scene) =>
        [.. (await scene.Read(db => db.Items.OrderBy(item => item.Id).Select(item => new { item.Group!.Number, First = item.First!.Index, Second = item.Second!.Index }).ToListAsync()))
            .Select(item => (item.Number, item.First, item.Second))];
}
