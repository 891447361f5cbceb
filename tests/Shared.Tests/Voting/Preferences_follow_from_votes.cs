using Labeler.Shared.Projects;
using Labeler.Shared.Tests.Support;
using Labeler.Shared.Voting;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Shared.Tests.Voting;

[Collection(Databases.Collection)]
public sealed class Preferences_follow_from_votes(Databases databases)
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 6)]
    [InlineData(2, 10)]
    [InlineData(3, 12)]
    [InlineData(7, 0)]
    public async Task K_flagged_of_seven_give_k_times_7_minus_k_pairs(int flagged, int pairs)
    {
        var plan = await Plan(new(), 1, Scene.Flag([.. Enumerable.Range(0, flagged)]));
        Assert.Equal(pairs, plan.Signal);
        Assert.All(plan.Preferences.Groups.SelectMany(g => g.Pairs), p => Assert.True(p.Winner >= flagged && p.Loser < flagged && p.Weight == 1));
    }

    [Fact]
    public async Task A_group_flagged_all_or_none_teaches_nothing_and_says_why()
    {
        var plan = await Plan(new(), 1, Scene.Flag());
        Assert.Equal(1, plan.Excluded[Exclusion.NoDifference]);
        Assert.Empty(plan.Manifest.Groups);
    }

    [Fact]
    public async Task An_image_that_was_not_displayed_never_counts_as_normal()
    {
        var verdict = new FlagVerdict([.. Scene.Flag(0).Tiles.Select(t => t with { Displayed = t.Index < 3 })]);
        Assert.Equal([(1, 0), (2, 0)], Pairs(await Plan(new(), 1, verdict)));
    }

    [Fact]
    public async Task An_image_left_blurred_counts_only_when_it_was_flagged()
    {
        var verdict = new FlagVerdict([.. Scene.Flag(0).Tiles.Select(t => t with { Unblurred = t.Index == 1 })]);
        Assert.Equal([(1, 0)], Pairs(await Plan(new ProjectSettings { Blurred = true }, 1, verdict)));
    }

    [Fact]
    public async Task Three_people_decide_by_majority_and_their_agreement_is_the_weight()
    {
        var plan = await Plan(new ProjectSettings { GroupSize = 7, VotesPerItem = 3 }, 3, Scene.Flag(0), Scene.Flag(0), Scene.Flag(1));
        var pairs = plan.Preferences.Groups.Single().Pairs;
        Assert.Equal(6, pairs.Count);
        Assert.Equal(2.0 / 3 - 1.0 / 3, pairs.Single(p => p.Winner == 1).Weight, 9);
        Assert.Equal(2.0 / 3, pairs.Single(p => p.Winner == 2).Weight, 9);
    }

    [Fact]
    public async Task Two_people_who_disagree_about_an_image_leave_it_out()
    {
        var plan = await Plan(new ProjectSettings { VotesPerItem = 2 }, 2, Scene.Flag(0, 1), Scene.Flag(0));
        Assert.Equal([(2, 0), (3, 0), (4, 0), (5, 0), (6, 0)], Pairs(plan));
        var nothing = await Plan(new ProjectSettings { VotesPerItem = 2 }, 2, Scene.Flag(0), Scene.Flag());
        Assert.Equal(2, nothing.Excluded[Exclusion.Disagreement]);
    }

    [Fact]
    public async Task Votes_wait_until_everybody_wanted_has_voted()
    {
        var plan = await Plan(new ProjectSettings { VotesPerItem = 2 }, 1, Scene.Flag(0));
        Assert.Equal((0, 1), (plan.Signal, plan.Excluded[Exclusion.AwaitsVotes]));
    }

    [Theory]
    [InlineData(PairPick.Left, 1)]
    [InlineData(PairPick.Right, 1)]
    [InlineData(PairPick.Tie, 0)]
    [InlineData(PairPick.BothBad, 0)]
    public async Task A_pair_gives_one_preference_unless_it_is_a_tie_or_both_are_bad(PairPick pick, int signal)
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, 1, LabelingTask.PreferPair, new ProjectSettings { GroupSize = 2 });
        var person = Guid.NewGuid();
        var lease = await scene.Next(person);
        await scene.Vote(person, lease.ItemId, new PairVerdict(pick, false, true, true));
        var plan = await scene.Cycle.DryRun(scene.Epoch.Id);
        Assert.Equal(signal, plan.Signal);
        if (signal == 1)
        {
            var winner = (pick == PairPick.Left) == lease.FirstOnLeft ? 0 : 1;
            Assert.Equal([(winner, 1 - winner)], Pairs(plan));
        }
    }

    [Fact]
    public async Task Scores_rank_the_images_of_one_group()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var settings = new ProjectSettings { GroupSize = 3, Choices = [new("0", "1", "", 0), new("3", "2", "", 3), new("10", "3", "", 10)] };
        var scene = await Scene.Sampled(world, 1, LabelingTask.Score, settings);
        await scene.VoteAll(Guid.NewGuid(), lease => new ChoiceVerdict(lease.Item!.First!.Index == 1 ? "10" : "3", true, true));
        Assert.Equal([(1, 0), (1, 2)], Pairs(await scene.Cycle.DryRun(scene.Epoch.Id)));
    }

    [Fact]
    public async Task Skips_quarantine_and_withdrawn_people_are_left_out_and_counted()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, groups: 4);
        var (sure, unsure, gone) = (await scene.Person("sure"), await scene.Person("unsure"), await scene.Person("gone"));
        await scene.Vote(sure.Id, (await scene.Next(sure.Id)).ItemId, Scene.Flag(1));
        await scene.Vote(unsure.Id, (await scene.Next(unsure.Id)).ItemId, new SkipVerdict("too blurry"));
        await scene.Vote(gone.Id, (await scene.Next(gone.Id)).ItemId, Scene.Flag(1));
        var fast = (await scene.Vote(sure.Id, (await scene.Next(sure.Id)).ItemId, Scene.Flag(1))).VoteId!.Value;
        await world.Get<Review>().Quarantine(scene.Project.Id, [fast], "faster than anybody can look");
        await using (var db = world.Open())
        {
            (await db.Users.SingleAsync(a => a.Id == gone.Id)).Withdraw(world.Now);
            await db.SaveChangesAsync();
        }
        var plan = await scene.Cycle.DryRun(scene.Epoch.Id);
        Assert.Equal(6, plan.Signal);
        Assert.Equal((1, 1, 1), (plan.Excluded[Exclusion.Skipped], plan.Excluded[Exclusion.Quarantined], plan.Excluded[Exclusion.Withdrawn]));
        Assert.Equal(1, plan.Open);
        Assert.NotEmpty((await scene.Queue.Take(scene.Project.Id, unsure.Id, 1, [])).Leases);
    }

    [Fact]
    public async Task The_same_votes_give_the_same_manifest_and_any_other_vote_another()
    {
        var first = await Plan(new(), 1, Scene.Flag(0));
        var again = await Plan(new(), 1, Scene.Flag(0));
        var other = await Plan(new(), 1, Scene.Flag(1));
        Assert.Equal(first.Hash, again.Hash);
        Assert.NotEqual(first.Hash, other.Hash);
        Assert.Equal(first.Hash, Shared.Training.Manifest.Read(first.Manifest.ToBytes()).Hash());
    }

    private async Task<Shared.Training.TrainingPlan> Plan(ProjectSettings settings, int people, params FlagVerdict[] verdicts)
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, groups: 1, settings: settings);
        for (var n = 0; n < people; n++)
        {
            var person = Guid.NewGuid();
            await scene.Vote(person, (await scene.Next(person)).ItemId, verdicts[n]);
        }
        return await scene.Cycle.DryRun(scene.Epoch.Id);
    }

    private static List<(int, int)> Pairs(Shared.Training.TrainingPlan plan) => [.. plan.Preferences.Groups.SelectMany(g => g.Pairs).Select(p => (p.Winner, p.Loser))];
}
