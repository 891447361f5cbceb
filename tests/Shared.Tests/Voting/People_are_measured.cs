using Labeler.Shared.Projects;
using Labeler.Shared.Statistics;
using Labeler.Shared.Tests.Support;
using Labeler.Shared.Voting;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Shared.Tests.Voting;

[Collection(Databases.Collection)]
public sealed class People_are_measured(Databases databases)
{
    [Theory, OnEachDatabase]
    public async Task Anchors_of_the_first_epoch_are_asked_again_in_every_later_one(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 6, settings: new ProjectSettings { Anchors = 2 });
        await scene.VoteAll(Guid.NewGuid(), _ => Scene.Flag(1));
        var second = await scene.Learn(scene.Epoch, 6);
        var (strict, person) = ((await scene.Person("strict")).Id, Guid.NewGuid());
        await scene.VoteAll(strict, lease => lease.Item!.Use == ItemUse.Anchor ? Scene.Flag(1, 2, 3) : Scene.Flag(1));
        await scene.Learn(second, 6);
        await scene.VoteAll(person, _ => Scene.Flag(1));

        var anchors = await scene.Read(db => db.Items.Where(i => i.Use == ItemUse.Anchor).OrderBy(i => i.Id).Select(i => new { i.EpochId, i.GroupId }).ToListAsync());
        Assert.Equal(4, anchors.Count);
        Assert.Equal(anchors[..2].Select(a => a.GroupId), anchors[2..].Select(a => a.GroupId));
        await using var db = world.Open();
        var figures = await AnchorFigures.Read(db, scene.Project);
        Assert.Equal([(2, 5 / 7.0, 4 / 7.0, 6 / 7.0), (3, 1.0, 6 / 7.0, 6 / 7.0)], figures.Select(f => (f.Epoch, f.Same.Share, f.Now!.Value, f.Before!.Value)));
        // What measures people is in no rate and teaches nothing.
        Assert.Equal([6 / 7.0, 6 / 7.0, 6 / 7.0], (await EpochRates.Read(db, scene.Project.Id)).Select(r => r.Normal.Share));
        Assert.Equal(2, (await db.Votes.CountAsync(v => v.AnnotatorId == strict && v.Item!.Use == ItemUse.Anchor)));
        Assert.False(await db.CheckpointVotes.AnyAsync(t => db.Votes.Any(v => v.Id == t.VoteId && v.Item!.Use == ItemUse.Anchor)));
    }

    [Theory, OnEachDatabase]
    public async Task Anchors_of_scores_compare_means_and_of_pairs_the_picks(string database)
    {
        await using var world = await databases.World(database);
        var scores = await Scene.Sampled(world, 2, LabelingTask.Score, new ProjectSettings { GroupSize = 2, Anchors = 2, Choices = [new("0", "1", "", 0), new("10", "2", "", 10)] });
        var given = 0;
        await scores.VoteAll(Guid.NewGuid(), _ => new ChoiceVerdict(given++ % 2 == 0 ? "10" : "0", true, true));
        await scores.Learn(scores.Epoch, 1);
        await scores.VoteAll(Guid.NewGuid(), _ => new ChoiceVerdict("10", true, true));
        await using var db = world.Open();
        var anchor = Assert.Single(await AnchorFigures.Read(db, scores.Project));
        Assert.Equal((2, 10.0), (anchor.Labels, anchor.Now!.Value));
        Assert.Equal(anchor.Before!.Value / 10, anchor.Same.Share);
    }

    [Theory, OnEachDatabase]
    public async Task Of_ten_items_about_one_measures_however_many_there_are(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 60);
        await using (var db = world.Open())
        {
            foreach (var item in await db.Items.OrderBy(i => i.Id).Take(20).ToListAsync())
            {
                item.MakeGold(Scene.Flag(3));
            }
            await db.SaveChangesAsync();
        }
        var person = Guid.NewGuid();
        var uses = new List<ItemUse>();
        while (uses.Count < 30)
        {
            foreach (var lease in (await scene.Queue.Take(scene.Project.Id, person, 2, [])).Leases)
            {
                uses.Add(lease.Item!.Use);
                await scene.Vote(person, lease.ItemId, Scene.Flag(3));
            }
        }
        Assert.Equal(3, uses.Count(use => use == ItemUse.Gold));
        Assert.All(uses.Chunk(10), ten => Assert.InRange(ten.Count(use => use == ItemUse.Gold), 1, 2));
    }

    [Theory, OnEachDatabase]
    public async Task Gold_is_asked_again_in_the_next_epoch_until_its_answer_is_forgotten(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 3, settings: new ProjectSettings { Anchors = 0 });
        var knows = (await scene.Person("knows")).Id;
        await scene.VoteAll(knows, _ => Scene.Flag(3));
        await world.Get<Review>().MakeGold(scene.Project.Id, await scene.Read(db => db.Votes.OrderBy(v => v.Id).Select(v => v.Id).FirstAsync()));
        var second = await scene.Learn(scene.Epoch, 3);
        var gold = await scene.Read(db => db.Items.SingleAsync(i => i.EpochId == second.Id && i.Use == ItemUse.Gold));
        await scene.VoteAll((await scene.Person("right")).Id, _ => Scene.Flag(3));
        await using (var db = world.Open())
        {
            Assert.Equal(1, (await AnnotatorFigures.Read(db, scene.Project.Id)).Single(p => p.Name == "right").Gold!.Share);
        }

        await world.Get<Review>().ForgetGold(scene.Project.Id, gold.Id);
        await Assert.ThrowsAsync<LabelerException>(() => world.Get<Review>().ForgetGold(scene.Project.Id, gold.Id));
        var third = await scene.Learn(second, 3);
        Assert.False(await scene.Read(db => db.Items.AnyAsync(i => i.EpochId == third.Id && i.Use == ItemUse.Gold)));
        await using var again = world.Open();
        Assert.Null((await AnnotatorFigures.Read(again, scene.Project.Id)).Single(p => p.Name == "right").Gold);
    }

    [Theory, OnEachDatabase]
    public async Task Prompts_whose_pictures_were_judged_differently_are_handed_out_first(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 4, settings: new ProjectSettings { RouteForSignal = true, Anchors = 0 });
        await scene.VoteAll(Guid.NewGuid(), lease => lease.Item!.Group!.Number % 2 == 0 ? Scene.Flag() : Scene.Flag(1, 2, 3));
        await using (var db = world.Open())
        {
            await db.Groups.Where(g => g.Number % 2 == 1).ExecuteUpdateAsync(set => set.SetProperty(g => g.Prompt, "an open hand"));
        }
        await scene.Cycle.RollBack(scene.Project.Id, null);
        var job = (await scene.Jobs.Claim("worker", [Shared.Jobs.JobKind.Sample]))!;
        foreach (var (number, prompt) in new[] { (0, "a hand"), (1, "a third hand"), (2, "an open hand") })
        {
            await scene.AddGroup(job, number, prompt: prompt);
        }
        await scene.Cycle.FinishSampling(job);
        var leases = (await scene.Queue.Take(scene.Project.Id, Guid.NewGuid(), 3, [])).Leases;
        Assert.Equal(["an open hand", "a third hand", "a hand"], leases.OrderBy(l => l.Item!.Rank).Select(l => l.Item!.Group!.Prompt));
    }
}
