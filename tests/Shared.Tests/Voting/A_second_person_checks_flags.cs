using Labeler.Shared.Projects;
using Labeler.Shared.Statistics;
using Labeler.Shared.Tests.Support;
using Labeler.Shared.Voting;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Shared.Tests.Voting;

[Collection(Databases.Collection)]
public sealed class A_second_person_checks_flags(Databases databases)
{
    private static readonly ProjectSettings Checked = new() { SecondPersonChecks = true };

    [Theory, OnEachDatabase]
    public async Task Flags_count_once_when_a_second_person_has_confirmed_them_and_not_before(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 1, settings: Checked);
        var (first, second) = (await scene.Person("first"), await scene.Person("second"));
        var own = await scene.Next(first.Id);
        Assert.Null(own.Checked);
        await scene.Vote(first.Id, own.ItemId, Scene.Flag(1, 4));

        Assert.Empty((await scene.Queue.Take(scene.Project.Id, first.Id, 4, [])).Leases);
        var before = await scene.Cycle.DryRun(scene.Epoch.Id);
        Assert.Equal((0, false, 1), (before.Signal, before.IsJudged, before.Excluded[Exclusion.AwaitsCheck]));
        Assert.Equal(0, (await Rates(scene)).Deformed.Of);

        var look = await scene.Next(second.Id);
        Assert.Equal([1, 4], look.Checked!.Tiles.Where(t => t.Flags != FlagKinds.None).Select(t => t.Index));
        await scene.Vote(second.Id, look.ItemId, Scene.Flag(1, 4));

        var after = await scene.Cycle.DryRun(scene.Epoch.Id);
        Assert.Equal((10, true, 1), (after.Signal, after.IsJudged, after.Excluded[Exclusion.Confirms]));
        Assert.Equal((2.0 / 7, 7), ((await Rates(scene)).Deformed.Share, (await Rates(scene)).Deformed.Of));
        Assert.Equal([first.Id], await scene.Read(db => db.Votes.Effective().Select(v => v.AnnotatorId).ToListAsync()));
    }

    [Theory, OnEachDatabase]
    public async Task What_the_two_disagree_about_waits_for_a_lead_whose_decision_counts(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 2, settings: Checked);
        var (first, second) = (await scene.Person("first"), await scene.Person("second"));
        var items = await JudgeBoth(scene, first.Id, second.Id, Scene.Flag(1), Scene.Flag(1, 2));
        Assert.Empty((await scene.Queue.Take(scene.Project.Id, Guid.NewGuid(), 4, [])).Leases);
        var open = await scene.Cycle.DryRun(scene.Epoch.Id);
        Assert.Equal((0, false, 4), (open.Signal, open.IsJudged, open.Excluded[Exclusion.AwaitsLead]));

        await using var db = world.Open();
        var shown = await ReviewedItem.Read(db, scene.Project, ReviewFilter.Checks, new(), 0, 20);
        Assert.Equal(items.Order(), shown.Select(r => r.Item.Id).Order());
        Assert.All(shown, r => Assert.Equal(["first", "second"], r.Votes.Select(v => v.Annotator)));

        var (mine, theirs) = (await Of(scene, items[0], first.Id), await Of(scene, items[1], second.Id));
        await world.Get<Review>().Decide(scene.Project.Id, mine.Id, "a lead");
        await world.Get<Review>().Decide(scene.Project.Id, theirs.Id, "a lead");
        var decided = await scene.Cycle.DryRun(scene.Epoch.Id);
        Assert.Equal((6 + 10, true), (decided.Signal, decided.IsJudged));
        Assert.Empty(await ReviewedItem.Read(db, scene.Project, ReviewFilter.Checks, new(), 0, 20));
        var refused = await scene.Box.Undo(Guid.NewGuid(), first.Id, mine.Key);
        Assert.Equal((Outcome.Refused, true), (refused.Outcome, refused.Reason!.Contains("lead", StringComparison.Ordinal)));

        await world.Get<Review>().Release(scene.Project.Id, [(await Of(scene, items[0], second.Id)).Id]);
        Assert.Equal(10, (await scene.Cycle.DryRun(scene.Epoch.Id)).Signal);
    }

    [Theory, OnEachDatabase]
    public async Task A_second_who_is_not_sure_leaves_it_to_the_lead_and_a_first_who_is_not_sure_ends_it(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 2, settings: Checked);
        var (first, second) = (Guid.NewGuid(), Guid.NewGuid());
        var skipped = (await scene.Next(first)).ItemId;
        await scene.Vote(first, skipped, new SkipVerdict("Cannot tell"));
        var judged = (await scene.Next(first)).ItemId;
        await scene.Vote(first, judged, Scene.Flag(3));
        Assert.Equal(judged, (await scene.Next(second)).ItemId);
        await scene.Vote(second, judged, new SkipVerdict("Cannot tell"));
        var states = await scene.Read(db => db.Items.ToDictionaryAsync(i => i.Id, i => i.State));
        Assert.Equal((ItemState.Done, ItemState.Disputed), (states[skipped], states[judged]));
        await world.Get<Review>().Decide(scene.Project.Id, (await Of(scene, judged, first)).Id, "a lead");
        Assert.Equal(6, (await scene.Cycle.DryRun(scene.Epoch.Id)).Signal);
    }

    [Theory, OnEachDatabase]
    public async Task A_check_can_be_taken_back_and_given_anew(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 1, settings: Checked);
        var (first, second, key) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        var item = (await scene.Next(first)).ItemId;
        await scene.Vote(first, item, Scene.Flag(1));
        await scene.Next(second);
        await scene.Vote(second, item, Scene.Flag(1, 2), key);
        Assert.Equal(Outcome.Accepted, (await scene.Box.Undo(Guid.NewGuid(), second, key)).Outcome);
        var asked = await scene.Read(db => db.Items.SingleAsync());
        Assert.Equal((ItemState.Open, 1), (asked.State, asked.Votes));
        Assert.NotNull((await scene.Next(second)).Checked);
        Assert.Equal(Outcome.Accepted, (await scene.Vote(second, item, Scene.Flag(1))).Outcome);
        Assert.Equal(6, (await scene.Cycle.DryRun(scene.Epoch.Id)).Signal);
    }

    [Theory, OnEachDatabase]
    public async Task Flags_that_their_giver_takes_back_take_the_check_with_them_and_are_checked_anew(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 1, settings: Checked);
        var (first, second, key) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        var item = (await scene.Next(first)).ItemId;
        await scene.Vote(first, item, Scene.Flag(1), key);
        await scene.Next(second);
        await scene.Vote(second, item, Scene.Flag(1));
        Assert.Equal(Outcome.Accepted, (await scene.Box.Undo(Guid.NewGuid(), first, key)).Outcome);
        Assert.Equal(0, await scene.Read(db => db.Items.Select(i => i.Votes).SingleAsync()));
        Assert.Empty((await scene.Queue.Take(scene.Project.Id, second, 4, [])).Leases);

        await scene.Vote(first, item, Scene.Flag(5));
        var look = await scene.Next(second);
        Assert.Equal(5, look.Checked!.Tiles.Single(t => t.Flags != FlagKinds.None).Index);
        Assert.Equal(Outcome.Accepted, (await scene.Vote(second, item, Scene.Flag(5))).Outcome);
        Assert.Equal(6, (await scene.Cycle.DryRun(scene.Epoch.Id)).Signal);
    }

    [Theory, OnEachDatabase]
    public async Task Flags_that_changed_while_they_were_looked_at_cannot_be_confirmed(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 1, settings: Checked);
        var (first, second, key) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        var item = (await scene.Next(first)).ItemId;
        await scene.Vote(first, item, Scene.Flag(1), key);
        await scene.Next(second);
        await scene.Box.Undo(Guid.NewGuid(), first, key);
        await scene.Vote(first, item, Scene.Flag(2));
        var refused = await scene.Vote(second, item, Scene.Flag(1));
        Assert.Equal((Outcome.Refused, true), (refused.Outcome, refused.Reason!.Contains("changed", StringComparison.Ordinal)));
        var again = await scene.Next(second);
        Assert.Equal(2, again.Checked!.Tiles.Single(t => t.Flags != FlagKinds.None).Index);
        Assert.Equal(Outcome.Accepted, (await scene.Vote(second, item, Scene.Flag(2))).Outcome);
    }

    [Theory, OnEachDatabase]
    public async Task Only_one_person_at_a_time_judges_and_only_one_checks(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 8, settings: Checked);
        Guid[] people = [.. Enumerable.Range(0, 4).Select(_ => Guid.NewGuid())];
        var given = (await Task.WhenAll(people.Select(p => scene.Queue.Take(scene.Project.Id, p, 4, []))))
            .Zip(people, (batch, person) => (Person: person, batch.Leases)).ToList();
        Assert.Equal(8, given.Sum(g => g.Leases.Count));
        Assert.Equal(8, given.SelectMany(g => g.Leases.Select(l => l.ItemId)).Distinct().Count());
        await Task.WhenAll(given.SelectMany(g => g.Leases.Select(l => scene.Vote(g.Person, l.ItemId, Scene.Flag(1)))));

        var looks = (await Task.WhenAll(people.Select(p => scene.Queue.Take(scene.Project.Id, p, 16, []))))
            .Zip(people, (batch, person) => (Person: person, batch.Leases)).ToList();
        Assert.Equal(8, looks.SelectMany(g => g.Leases.Select(l => l.ItemId)).Distinct().Count());
        Assert.All(looks.SelectMany(l => l.Leases), l => Assert.NotNull(l.Checked));
        await Task.WhenAll(looks.SelectMany(g => g.Leases.Select(l => scene.Vote(g.Person, l.ItemId, Scene.Flag(1)))));
        var plan = await scene.Cycle.DryRun(scene.Epoch.Id);
        Assert.Equal((48, true), (plan.Signal, plan.IsJudged));
        Assert.Equal(8, await scene.Read(db => db.Votes.CountAsync(v => v.ChecksId != null)));
        Assert.False(await scene.Read(db => db.Votes.AnyAsync(v => db.Votes.Any(o => o.Id == v.ChecksId && o.AnnotatorId == v.AnnotatorId))));
    }

    [Theory, OnEachDatabase]
    public async Task Votes_that_are_set_aside_or_withdrawn_are_asked_again(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 2, settings: Checked);
        var (first, second, third) = (await scene.Person("first"), await scene.Person("second"), await scene.Person("third"));
        var items = await JudgeBoth(scene, first.Id, second.Id, Scene.Flag(1), Scene.Flag(1));
        await world.Get<Review>().Quarantine(scene.Project.Id, [(await Of(scene, items[0], second.Id)).Id], "pressed without looking");
        await world.Get<Review>().Quarantine(scene.Project.Id, [(await Of(scene, items[1], first.Id)).Id], "pressed without looking");
        var plan = await scene.Cycle.DryRun(scene.Epoch.Id);
        Assert.Equal((0, 2), (plan.Signal, plan.Excluded[Exclusion.AwaitsCheck]));
        await scene.VoteAll(third.Id, lease =>
        {
            Assert.NotNull(lease.Checked);
            return Scene.Flag(1);
        });
        Assert.Equal(12, (await scene.Cycle.DryRun(scene.Epoch.Id)).Signal);

        await world.Get<Review>().Withdraw(third.Id);
        Assert.Equal(0, (await scene.Cycle.DryRun(scene.Epoch.Id)).Signal);
    }

    [Theory, OnEachDatabase]
    public async Task What_the_second_has_not_seen_is_not_confirmed(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 1, settings: Checked);
        var (first, second) = (Guid.NewGuid(), Guid.NewGuid());
        var item = (await scene.Next(first)).ItemId;
        await scene.Vote(first, item, Scene.Flag(1));
        await scene.Next(second);
        var unseen = new FlagVerdict([.. Scene.Flag(1).Tiles.Select(t => t with { Displayed = t.Index > 2 })]);
        var refused = await scene.Vote(second, item, unseen);
        Assert.Equal((Outcome.Refused, true), (refused.Outcome, refused.Reason!.Contains("every picture", StringComparison.Ordinal)));
    }

    [Theory, OnEachDatabase]
    public async Task A_look_at_anothers_flags_is_no_second_opinion_in_the_figures(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 2, settings: Checked);
        var (first, second) = (await scene.Person("first"), await scene.Person("second"));
        await JudgeBoth(scene, first.Id, second.Id, Scene.Flag(1), Scene.Flag(1));
        await using var db = world.Open();
        Assert.Equal(0, (await AgreementFigures.Read(db, scene.Project, null)).Units);
        var people = await AnnotatorFigures.Read(db, scene.Project.Id);
        Assert.Equal((14, 0), (people.Single(p => p.Name == "first").Flagged.Of, people.Single(p => p.Name == "second").Flagged.Of));
        Assert.Equal((1.0, 0.0), (people.Single(p => p.Name == "first").Influence, people.Single(p => p.Name == "second").Influence));
        var today = await LabelingProgress.Read(db, new(world.Clock), scene.Project.Id, second.Id, world.Now.AddHours(-1));
        Assert.Equal((2, 0, 2), (today!.Mine, today.MyPairs, today.ItemsDone));
    }

    [Fact]
    public void The_check_is_of_flags_and_of_one_persons()
    {
        Assert.Contains(Checked.Faults(LabelingTask.Score), fault => fault.Contains("flags alone", StringComparison.Ordinal));
        Assert.Contains((Checked with { VotesPerItem = 2 }).Faults(LabelingTask.FlagBatch), f => f.Contains("1 vote per item", StringComparison.Ordinal));
        Assert.Empty(Checked.Faults(LabelingTask.FlagBatch));
    }

    // Everything is judged by the first, then checked by the second.
    private static async Task<List<long>> JudgeBoth(Scene scene, Guid first, Guid second, FlagVerdict said, FlagVerdict checkedAs)
    {
        await scene.VoteAll(first, _ => said);
        await scene.VoteAll(second, _ => checkedAs);
        return await scene.Read(db => db.Items.OrderBy(i => i.Id).Select(i => i.Id).ToListAsync());
    }

    private static Task<Vote> Of(Scene scene, long item, Guid person) => scene.Read(db => db.Votes.AsNoTracking()
        .SingleAsync(v => v.ItemId == item && v.AnnotatorId == person && v.Kind == VoteKind.Judgement && v.SupersededById == null));

    private static async Task<EpochRates> Rates(Scene scene)
    {
        await using var db = scene.World.Open();
        return (await EpochRates.Read(db, scene.Project.Id)).Single();
    }
}
