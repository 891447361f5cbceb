using System.Text;
using Labeler.Shared.Exports;
using Labeler.Shared.Projects;
using Labeler.Shared.Tests.Support;
using Labeler.Shared.Training;
using Labeler.Shared.Voting;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Shared.Tests.Voting;

/// <summary>What groups teach that are good or bad throughout: pairs with other groups of their prompt, and images judged alone.</summary>
[Collection(Databases.Collection)]
public sealed class Groups_judged_alike_teach(Databases databases)
{
    private static readonly int[] All = [0, 1, 2, 3, 4, 5, 6];
    private static readonly ProjectSettings Across = new() { Training = new TrainingOptions { AcrossGroups = true } };
    private static readonly ProjectSettings Alone = new() { Algorithm = "diffusion-kto" };

    [Fact]
    public async Task The_best_judged_group_of_a_prompt_meets_the_worst_judged()
    {
        var plan = await Plan(Across, [], All, [0], [0, 1, 2, 3, 4, 5]);

        // 49 between the first two, 6 + 6 inside of the others, and between those 6 × 6 of the better and 1 × 1 of the worse group.
        Assert.Equal(49 + 6 + 6 + 36 + 1, plan.Signal);
        Assert.Equal(4, plan.Manifest.Groups.Count);
        var (good, bad) = (plan.Preferences.Groups[0], plan.Preferences.Groups[1]);
        Assert.All(good.Pairs, pair => Assert.Equal((bad.GroupId, 1.0), (pair.LoserGroup, pair.Weight)));
        Assert.Equal((0, 1), (bad.Pairs.Count, bad.VoteIds.Count));
        Assert.Empty(plan.Excluded);
        Assert.Equal(plan.Hash, Manifest.Read(plan.Manifest.ToBytes()).Hash());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Shares_of_flags_give_the_pairs_that_the_votes_behind_them_give(bool across)
    {
        int[][] flagged = [[], All, [0], [0, 1, 2, 3, 4, 5]];
        var plan = await Plan(across ? Across : new(), flagged);
        var ids = plan.Preferences.Groups.Select(group => group.GroupId).ToList();
        int[] numbers = across ? [0, 1, 2, 3] : [2, 3];
        (int, Preference)[] voted =
            [.. plan.Preferences.Groups.SelectMany((group, n) => group.Pairs.Select(pair => (numbers[n], pair with { LoserGroup = pair.LoserGroup is { } id ? numbers[ids.IndexOf(id)] : null })))];

        var pairs = FlagPairs.Of([.. flagged.Select(IReadOnlyList<double> (group) => [.. All.Select(image => group.Contains(image) ? 1.0 : 0)])], ["a hand", "a hand", "a hand", "a hand"], across);

        Assert.Equal(numbers.Length, ids.Count);
        Assert.Equal(voted.ToHashSet(), pairs.ToHashSet());
        Assert.Equal(voted.Length, pairs.Count);
    }

    [Fact]
    public async Task Groups_of_different_prompts_do_not_meet()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, 2, settings: Across);
        await scene.VoteAll(Guid.NewGuid(), lease => Scene.Flag(lease.Item!.Group!.Number == 0 ? [] : All));
        Assert.Equal(49, (await scene.Cycle.DryRun(scene.Epoch.Id)).Signal);
        await using (var db = world.Open())
        {
            await db.Groups.Where(group => group.Number == 1).ExecuteUpdateAsync(set => set.SetProperty(group => group.Prompt, "a foot"));
        }
        Assert.Equal(0, (await scene.Cycle.DryRun(scene.Epoch.Id)).Signal);
    }

    [Fact]
    public async Task Without_the_option_they_teach_nothing()
    {
        var plan = await Plan(new(), [], All);
        Assert.Equal((0, 2), (plan.Signal, plan.Excluded[Exclusion.NoDifference]));
    }

    [Fact]
    public async Task Where_a_project_holds_them_the_manifest_names_them_apart_from_what_teaches()
    {
        var plan = await Plan(new() { Training = new TrainingOptions { HoldAlike = true } }, [], All, [0]);

        Assert.Equal((6, 1, 2), (plan.Signal, plan.Manifest.Groups.Count, plan.Excluded[Exclusion.NoDifference]));
        Assert.Equal(2, plan.Manifest.Held!.Count);
        Assert.All(plan.Manifest.Held, group => Assert.Equal((0, 0, 7, false), (group.Preferences.Count, group.Votes.Count, group.Images.Count, group.Trajectory is null)));
        Assert.DoesNotContain(plan.Manifest.Groups[0].Id, plan.Manifest.Held.Select(group => group.Id));
        Assert.Equal(plan.Hash, Manifest.Read(plan.Manifest.ToBytes()).Hash());
        foreach (var other in new[]
        {
            new ProjectSettings(),
            new ProjectSettings { Training = new TrainingOptions { HoldAlike = true, Loop = UpdateMode.Official } },
            new ProjectSettings { Algorithm = "ddpo", Training = new TrainingOptions { HoldAlike = true } },
        })
        {
            Assert.DoesNotContain("\"held\"", Encoding.UTF8.GetString((await Plan(other, [], All, [0])).Manifest.ToBytes()), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_pair_across_groups_is_exported_with_the_image_and_group_of_its_loser()
    {
        var plan = await Plan(Across, [], All);
        using var csv = new StringWriter();
        await PairExport.WriteCsv(plan.Manifest, csv);
        var (good, bad) = (plan.Manifest.Groups[0], plan.Manifest.Groups[1]);
        Assert.Contains($"{good.Images[2]},{bad.Images[5]},{good.Trajectory},{bad.Id}", csv.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Images_judged_alone_teach_once_there_is_a_good_and_a_bad_one()
    {
        var plan = await Plan(Alone, [], All);
        Assert.Equal((14, "judged images", 2), (plan.Signal, plan.SignalName, plan.Manifest.Groups.Count));
        Assert.Equal([true, false], plan.Manifest.Groups.Select(group => group.Verdicts!.Select(one => one.Good).Distinct().Single()));
        Assert.Empty(plan.Excluded);

        var onlyGood = await Plan(Alone, [], []);
        Assert.Equal((0, 2), (onlyGood.Signal, onlyGood.Excluded[Exclusion.NoDifference]));
        Assert.Empty(onlyGood.Manifest.Groups);
    }

    [Fact]
    public async Task Training_says_what_is_missing_for_images_judged_alone()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, 1, settings: Alone);
        await scene.VoteAll(Guid.NewGuid(), _ => Scene.Flag());
        var error = await Assert.ThrowsAsync<LabelerException>(() => scene.Cycle.Train(scene.Epoch.Id, null));
        Assert.Contains("images judged good and images judged bad are needed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_score_above_the_middle_of_its_scale_is_good()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var settings = Alone with { GroupSize = 3, Choices = Scale.Rubric };
        var scene = await Scene.Sampled(world, 1, LabelingTask.Score, settings);
        await scene.VoteAll(Guid.NewGuid(), lease => new ChoiceVerdict(new[] { "10", "3", "6" }[lease.Item!.First!.Index], true, true));
        var judged = (await scene.Cycle.DryRun(scene.Epoch.Id)).Preferences.Groups.Single().Judgements;
        Assert.Equal([(0, true), (1, false), (2, true)], judged.Select(one => (one.Image, one.Good)));
    }

    [Theory]
    [InlineData(PairPick.BothBad, 0)]
    [InlineData(PairPick.Tie, 0)]
    [InlineData(PairPick.Left, 2)]
    public async Task A_winner_is_good_a_loser_bad_and_both_bad_are_bad(PairPick pick, int signal)
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, 1, LabelingTask.PreferPair, Alone with { GroupSize = 2 });
        var person = Guid.NewGuid();
        var lease = await scene.Next(person);
        await scene.Vote(person, lease.ItemId, new PairVerdict(pick, false, true, true));
        var plan = await scene.Cycle.DryRun(scene.Epoch.Id);
        Assert.Equal(signal, plan.Signal);
        Assert.Equal(signal, plan.Preferences.Groups.Sum(group => group.Judgements.Count(one => one.Good == (one.Image == group.Pairs[0].Winner))));
    }

    [Fact]
    public async Task Both_bad_beside_a_winner_teaches_that_both_are_bad()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, 2, LabelingTask.PreferPair, Alone with { GroupSize = 2 });
        var person = Guid.NewGuid();
        await scene.Vote(person, (await scene.Next(person)).ItemId, new PairVerdict(PairPick.Left, false, true, true));
        await scene.Vote(person, (await scene.Next(person)).ItemId, new PairVerdict(PairPick.BothBad, false, true, true));
        var plan = await scene.Cycle.DryRun(scene.Epoch.Id);
        Assert.Equal(4, plan.Signal);
        Assert.Equal([1, 0], plan.Preferences.Groups.Select(group => group.Judgements.Count(one => one.Good)).OrderDescending());
        Assert.Empty(plan.Excluded);
    }

    [Fact]
    public void A_manifest_of_the_first_version_is_still_read()
    {
        const string Old = """
            {"version":1,"project":"hands","epoch":3,"model":"models/mirror-world","reference":null,"algorithm":"d3po","sampling":{"steps":20},"training":{"beta":0.1},"groups":[{"id":7,"prompt":"a hand","seed":1,"trajectory":"t","images":["a","b"],"preferences":[{"winner":1,"loser":0,"weight":1}],"votes":[4]}]}
            """;
        var pair = Manifest.Read(Encoding.UTF8.GetBytes(Old)).Groups.Single().Preferences.Single();
        Assert.Equal((1, 0, 1.0, null), (pair.Winner, pair.Loser, pair.Weight, pair.LoserGroup));
    }

    private async Task<TrainingPlan> Plan(ProjectSettings settings, params int[][] flagged)
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, flagged.Length, settings: settings);
        await scene.VoteAll(Guid.NewGuid(), lease => Scene.Flag(flagged[lease.Item!.Group!.Number]));
        return await scene.Cycle.DryRun(scene.Epoch.Id);
    }
}
