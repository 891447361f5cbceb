using System.Text;
using Labeler.Shared.Accounts;
using Labeler.Shared.Gold;
using Labeler.Shared.Projects;
using Labeler.Shared.Statistics;
using Labeler.Shared.Tests.Photos;
using Labeler.Shared.Tests.Support;
using Labeler.Shared.Voting;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Shared.Tests.Voting;

[Collection(Databases.Collection)]
public sealed class Practice_comes_before_votes(Databases databases)
{
    private static readonly ProjectSettings Asked = new() { PracticeItems = 3, PracticePercent = 60, Anchors = 0 };

    [Theory, OnEachDatabase]
    public async Task Votes_are_asked_for_once_the_practice_is_passed_and_it_leaves_no_vote(string database)
    {
        await using var world = await databases.World(database);
        var (scene, person) = (await WithGold(world, 4), (await Person(world, "new")).Id);
        var practice = world.Get<Practice>();
        Assert.Equal(NoItemsReason.Practice, (await scene.Queue.Take(scene.Project.Id, person, 4, [])).Why);

        Assert.Equal([true, false, true], await Answer(scene, person, right: [true, false, true]));
        var turn = await practice.Turn(scene.Project.Id, person);
        Assert.Equal((PracticeState.Passed, 2, 2), (turn.State, turn.Right, turn.Needed));

        await scene.VoteAll(person, lease =>
        {
            Assert.DoesNotContain(lease.Item!.GroupId, Practiced(scene, person));
            return Scene.Flag(3);
        });
        Assert.Equal(12, (await scene.Cycle.DryRun(scene.Epoch.Id)).Signal);
        await using var db = world.Open();
        var figures = (await AnnotatorFigures.Read(db, scene.Project.Id)).Single();
        Assert.Equal(1, figures.Gold!.Of);
        Assert.Equal(3, await db.PracticeAnswers.CountAsync());
    }

    [Theory, OnEachDatabase]
    public async Task Whoever_does_not_pass_tries_again_three_times_in_all_and_then_a_lead_decides(string database)
    {
        await using var world = await databases.World(database);
        var (scene, person) = (await WithGold(world, 4), (await Person(world, "slow")).Id);
        var practice = world.Get<Practice>();
        var project = scene.Project.Id;
        for (var left = 2; left >= 0; left--)
        {
            await Answer(scene, person, right: [false, false, true]);
            var turn = await practice.Turn(project, person);
            Assert.Equal((left > 0 ? PracticeState.Failed : PracticeState.Over, 1, left), (turn.State, turn.Right, turn.TriesLeft));
            if (left > 0)
            {
                await practice.TryAgain(project, person);
            }
        }
        await Assert.ThrowsAsync<LabelerException>(() => practice.TryAgain(project, person));

        await practice.AskAgain(project, person, "a lead");
        Assert.Equal((PracticeState.Open, 0, 3), ((await practice.Turn(project, person)).State, (await practice.Turn(project, person)).Answered, (await practice.Turn(project, person)).TriesLeft));
        await practice.LetIn(project, person, "a lead");
        Assert.NotEmpty((await scene.Queue.Take(project, person, 1, [])).Leases);
        await practice.AskAgain(project, person, "a lead");
        Assert.Equal(NoItemsReason.Practice, (await scene.Queue.Take(project, person, 1, [])).Why);
    }

    [Theory, OnEachDatabase]
    public async Task A_vote_in_the_hands_of_somebody_who_is_asked_to_practice_again_is_kept_and_does_not_count(string database)
    {
        await using var world = await databases.World(database);
        var (scene, person) = (await WithGold(world, 4), (await Person(world, "was in")).Id);
        await world.Get<Practice>().LetIn(scene.Project.Id, person, "a lead");
        var held = (await scene.Queue.Take(scene.Project.Id, person, 4, [])).Leases.First(l => l.Item!.Use == ItemUse.Training).ItemId;
        await world.Get<Practice>().AskAgain(scene.Project.Id, person, "a lead");
        Assert.Equal(Outcome.Surplus, (await scene.Vote(person, held, Scene.Flag(1))).Outcome);
        Assert.Equal(0, (await scene.Cycle.DryRun(scene.Epoch.Id)).Signal);
    }

    [Theory, OnEachDatabase]
    public async Task An_answer_sent_twice_or_about_another_item_changes_nothing(string database)
    {
        await using var world = await databases.World(database);
        var (scene, person) = (await WithGold(world, 4), (await Person(world, "twice")).Id);
        var (practice, project, key) = (world.Get<Practice>(), scene.Project.Id, Guid.NewGuid());
        var item = (await practice.Turn(project, person)).Item!.Id;
        var told = await practice.Answer(project, person, key, item, Scene.Flag(5));
        Assert.Equal((false, "a finger is missing"), (told.IsRight, told.Note));
        Assert.Equal(3, ((FlagVerdict)told.Gold).Tiles.Single(t => t.Flags != FlagKinds.None).Index);
        Assert.Equal(1, (await practice.Answer(project, person, key, item, Scene.Flag(3))).Turn.Answered);
        await Assert.ThrowsAsync<LabelerException>(() => practice.Answer(project, person, Guid.NewGuid(), item, Scene.Flag(3)));
        var next = (await practice.Turn(project, person)).Item!.Id;
        var unseen = new FlagVerdict([.. Scene.Flag(3).Tiles.Select(t => t with { Displayed = t.Index == 3 })]);
        Assert.Contains("every picture", (await Assert.ThrowsAsync<LabelerException>(() => practice.Answer(project, person, Guid.NewGuid(), next, unseen))).Message);
        Assert.Equal(1, await scene.Read(db => db.PracticeAnswers.CountAsync()));
    }

    [Theory, OnEachDatabase]
    public async Task A_practice_without_enough_known_answers_says_so_and_hands_nothing_out(string database)
    {
        await using var world = await databases.World(database);
        var (scene, person) = (await WithGold(world, 2), (await Person(world, "early")).Id);
        Assert.Equal(PracticeState.Missing, (await world.Get<Practice>().Turn(scene.Project.Id, person)).State);
        Assert.Equal(NoItemsReason.Practice, (await scene.Queue.Take(scene.Project.Id, person, 1, [])).Why);
        await using var db = world.Open();
        Assert.Equal(2, await GoldPool.Count(db, scene.Project.Id));
    }

    [Theory, OnEachDatabase]
    public async Task Known_answers_come_in_a_file_in_the_exports_words(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 3, settings: Asked);
        var items = await scene.Read(db => db.Items.OrderBy(i => i.Id).Select(i => new { i.Id, i.GroupId }).ToListAsync());
        var verdict = Shared.Data.JsonText.Write<Verdict>(Scene.Flag(2));
        var quoted = verdict.Replace("\"", "\"\"", StringComparison.Ordinal);
        Assert.Equal(2, await Import(world, scene, $"group,prompt,verdict,note\r\n{items[0].GroupId},a hand,\"{quoted}\",\"a finger, too many\"\r\n\r\n{items[1].GroupId},a hand,\"{quoted}\",\r\n"));
        Assert.Equal(1, await Import(world, scene, $$"""{"item": {{items[2].Id}}, "verdict": {{verdict}}, "note": "in JSON"}"""));
        var gold = await scene.Read(db => db.Items.OrderBy(i => i.Id).Select(i => new { i.Use, i.GoldNote }).ToListAsync());
        Assert.Equal([(ItemUse.Gold, "a finger, too many"), (ItemUse.Gold, null), (ItemUse.Gold, "in JSON")], gold.Select(g => (g.Use, g.GoldNote)));
    }

    [Theory, OnEachDatabase]
    public async Task A_line_that_cannot_be_used_is_named_and_nothing_is_stored(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 3, settings: Asked);
        var item = await scene.Read(db => db.Items.MinAsync(i => i.Id));
        var good = Shared.Data.JsonText.Write<Verdict>(Scene.Flag(2)).Replace("\"", "\"\"", StringComparison.Ordinal);
        async Task Refused(string expected, string content)
        {
            var fault = await Assert.ThrowsAsync<LabelerException>(() => Import(world, scene, content));
            Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
            Assert.False(await scene.Read(db => db.Items.AnyAsync(i => i.Use == ItemUse.Gold)));
        }
        await Refused("Line 3: item 98765 is not asked about", $"item,verdict\n{item},\"{good}\"\n98765,\"{good}\"\n");
        await Refused("Line 2: it gives no answer", $"item,verdict\n{item},\n");
        await Refused("Line 2: its verdict is none", $"item,verdict\n{item},flagged\n");
        await Refused("Line 2: A verdict is needed for each of the 7 images", $"item,verdict\n{item},\"{{\"\"kind\"\":\"\"flags\"\",\"\"tiles\"\":[]}}\"\n");
        await Refused("Line 3: line 2 is about the same", $"item,verdict\n{item},\"{good}\"\n{item},\"{good}\"\n");
        await Refused("Line 2: it has 1 cells", $"item,verdict\n{item}\n");
        await Refused("Line 1: there is no column \"answer\"", $"item,answer\n{item},1\n");
        await Refused("Line 2: it is not one JSON object", "{\"item\": 1, \"choice\": \"Label 1\"}\n{\"item\":\n");
        await Refused("Line 2: This verdict does not fit", $"item,choice\n{item},Label 1\n");
        await Refused("is no CSV", "item,verdict\n1,\"open\n");
        await Refused("holds no answers", "item,verdict\n");
    }

    [Fact]
    public async Task Photos_are_meant_by_the_names_of_their_files()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await PhotoScene.In(world);
        await scene.Run(scene.Zip(("a.jpg", PhotoScene.Jpeg(1)), ("b.png", PhotoScene.Png(2))));
        var contexts = world.Get<IDbContextFactory<Shared.Data.LabelerDb>>();
        var csv = "photo,file,label,votes,caption,note\r\n1,b.png,Label 2,0,,a wide scene\r\n";
        Assert.Equal(1, await GoldImport.Read(contexts, scene.Project.Id, "gold.csv", new MemoryStream(Encoding.UTF8.GetBytes(csv))));
        await using var db = world.Open();
        var gold = await db.Items.SingleAsync(i => i.Use == ItemUse.Gold);
        Assert.Equal(("Label 2", "a wide scene"), (((ChoiceVerdict)gold.Gold!).Name, gold.GoldNote));
        Assert.Equal(await db.Photos.Where(p => p.Name == "b.png").Select(p => p.ImageId).SingleAsync(), gold.FirstId);
        var fault = await Assert.ThrowsAsync<LabelerException>(() => GoldImport.Read(contexts, scene.Project.Id, "gold.csv", new MemoryStream("file,label\nc.jpg,Label 1\n"u8.ToArray())));
        Assert.Contains("Line 2: file \"c.jpg\"", fault.Message);
    }

    private static Task<int> Import(World world, Scene scene, string content) => GoldImport.Read(
        world.Get<IDbContextFactory<Shared.Data.LabelerDb>>(), scene.Project.Id, "gold.csv", new MemoryStream(Encoding.UTF8.GetBytes(content)));

    // Two groups to be voted on, and gold in which picture 4 is flagged.
    private static async Task<Scene> WithGold(World world, int gold)
    {
        var scene = await Scene.Sampled(world, groups: gold + 2, settings: Asked);
        await using var db = world.Open();
        foreach (var item in await db.Items.OrderBy(i => i.Id).Take(gold).ToListAsync())
        {
            item.MakeGold(Scene.Flag(3), "a finger is missing");
        }
        await db.SaveChangesAsync();
        return scene;
    }

    private static async Task<Account> Person(World world, string name)
    {
        var account = new Account(name, name, world.Now);
        await using var db = world.Open();
        db.Add(account);
        await db.SaveChangesAsync();
        return account;
    }

    private static List<long> Practiced(Scene scene, Guid person)
    {
        using var db = scene.World.Open();
        return [.. db.PracticeAnswers.Where(a => a.AnnotatorId == person).Select(a => a.GroupId)];
    }

    private static async Task<List<bool>> Answer(Scene scene, Guid person, bool[] right)
    {
        var practice = scene.World.Get<Practice>();
        var told = new List<bool>();
        foreach (var isRight in right)
        {
            var turn = await practice.Turn(scene.Project.Id, person);
            told.Add((await practice.Answer(scene.Project.Id, person, Guid.NewGuid(), turn.Item!.Id, Scene.Flag(isRight ? 3 : 5))).IsRight);
        }
        return told;
    }
}
