using System.Text;
using Labeler.Shared.Epochs;
using Labeler.Shared.Evaluations;
using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Shared.Samples;
using Labeler.Shared.Statistics;
using Labeler.Shared.Tests.Support;
using Labeler.Shared.Training;
using Labeler.Shared.Voting;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Shared.Tests.Evaluations;

[Collection(Databases.Collection)]
public sealed class Checkpoints_are_judged_by_people(Databases databases)
{
    private static readonly Choice[] Scale = [new("0", "1", "none", 0), new("10", "2", "right", 10)];

    private static readonly EvaluationPlan Plan = new()
    {
        Kind = EvaluationKind.Duel,
        Contestants = [new("base", "models/a", null, null), new("first", "models/a", 1, "1111"), new("second", "models/a", 2, "2222")],
        Prompts = ["1 hand", "an open hand"],
        FixedEach = 1,
        RandomEach = 1,
        RandomSeed = 77,
    };

    [Theory, OnEachDatabase]
    public async Task Nobody_is_asked_before_every_picture_is_there_and_then_every_two_checkpoints_meet_on_the_same_noise(string database)
    {
        await using var world = await databases.World(database);
        var (project, job) = await Begun(world, Plan);
        await Sample(world, job, Plan, 0, Plan.Pictures - 1);
        Assert.Empty((await world.Get<ItemQueue>().Take(project.Id, Guid.NewGuid(), 16, [])).Leases);
        Assert.Contains("1 pictures", (await Assert.ThrowsAsync<LabelerException>(() => world.Get<EvaluationWorkflow>().Finish(job))).Message);
        await Sample(world, job, Plan, Plan.Pictures - 1, 1);
        await world.Get<EvaluationWorkflow>().Finish(job);

        await using var db = world.Open();
        var items = await db.Items.Include(i => i.First).Include(i => i.Second).OrderBy(i => i.Rank).ToListAsync();
        Assert.Equal(12, items.Count);
        var numbers = await db.Groups.ToDictionaryAsync(g => g.Id, g => g.Number);
        var pairs = items.Select(i => (First: Plan.At(numbers[i.First!.GroupId]), Second: Plan.At(numbers[i.Second!.GroupId]))).ToList();
        Assert.All(pairs, pair => Assert.Equal((pair.First.Prompt, pair.First.Index), (pair.Second.Prompt, pair.Second.Index)));
        Assert.Equal([(0, 1, 4), (0, 2, 4), (1, 2, 4)], pairs.CountBy(p => (p.First.Contestant, p.Second.Contestant)).Select(c => (c.Key.Item1, c.Key.Item2, c.Value)).Order());
        // Neither the order of the questions nor their numbers go by checkpoint.
        Assert.NotEqual(pairs.OrderBy(p => p.First.Number).ThenBy(p => p.Second.Number), pairs);
        Assert.Equal(items.Select(i => i.Id).Order(), items.Select(i => i.Id));
        Assert.Equal((EpochState.Labeling, JobState.Succeeded), ((await db.Epochs.SingleAsync()).State, (await db.Jobs.SingleAsync()).State));
    }

    [Theory, OnEachDatabase]
    public async Task A_duel_counts_wins_and_pairs_that_more_than_half_of_the_raters_decided(string database)
    {
        await using var world = await databases.World(database);
        var plan = Plan with { Contestants = [.. Plan.Contestants.Take(2)], RandomEach = 0 };
        var (project, job) = await Begun(world, plan, raters: 3);
        await Sample(world, job, plan, 0, plan.Pictures);
        await world.Get<EvaluationWorkflow>().Finish(job);
        // Of the first pair all prefer the second checkpoint; of the other one does, one ties, one finds both bad.
        var items = (await world.Open().Items.OrderBy(i => i.Id).ToListAsync()).Select(i => i.Id).ToList();
        foreach (var second in new[] { PairPick.Right, PairPick.Tie, PairPick.BothBad })
        {
            await Judge(world, project, item => item == items[0] ? PairPick.Right : second);
        }

        await using var db = world.Open();
        var results = await DuelResults.Read(db, await db.Evaluations.SingleAsync());
        Assert.Equal(
            [(0, null, 0.5, 5.0, 0.0, 6, 1, 1), (1, null, 4.5, 5, 1, 6, 1, 1), (0, 1, 0.5, 5, 0, 6, 1, 1), (1, 0, 4.5, 5, 1, 6, 1, 1)],
            results.Select(r => (r.Contestant, r.Against, r.Wins.Count, r.Wins.Of, r.Majority.Count, r.Votes, r.Ties, r.BothBad)));
        Assert.All(results, r => Assert.Equal(2, r.Majority.Of));
        var agreement = await AgreementFigures.Read(db, project, null);
        Assert.Equal((2, 3, 0.5), (agreement.Units, agreement.Raters, agreement.Percent));
        var progress = (await LabelingProgress.Read(db, new(world.Clock), project.Id, Guid.NewGuid(), world.Now))!;
        Assert.Equal((2, 2), (progress.Items, progress.ItemsDone));
    }

    [Theory, OnEachDatabase]
    public async Task A_rubric_tells_fixed_seeds_from_random_ones_and_counts_a_picture_once(string database)
    {
        await using var world = await databases.World(database);
        var plan = Plan with { Kind = EvaluationKind.Rubric, Contestants = [.. Plan.Contestants.Take(2)] };
        var (project, job) = await Begun(world, plan, raters: 2);
        await Sample(world, job, plan, 0, plan.Pictures);
        await world.Get<EvaluationWorkflow>().Finish(job);
        Dictionary<long, int> numbers;
        await using (var read = world.Open())
        {
            numbers = await read.Items.Include(i => i.Group).ToDictionaryAsync(i => i.Id, i => i.Group!.Number);
        }
        // Both score the base 0; the other checkpoint gets 10 twice at fixed seeds, and 10 and 0 at random ones.
        foreach (var rater in new[] { 0, 1 })
        {
            await Score(world, project, item => plan.At(numbers[item]) is { Contestant: 1 } picture && (picture.IsFixed || rater == 0) ? "10" : "0");
        }

        await using var db = world.Open();
        var results = await RubricResults.Read(db, await db.Evaluations.SingleAsync());
        Assert.Equal([("base", true, 2, 4, 0.0), ("first", true, 2, 4, 10), ("base", false, 2, 4, 0), ("first", false, 2, 4, 5)], results.Select(r => (r.Name, r.IsFixed, r.Pictures, r.Votes, r.Mean)));
        Assert.Equal([("0", 0.5), ("10", 0.5)], results[3].Shares.Select(s => (s.Score, s.Share.Share)));
    }

    [Fact]
    public async Task Steps_of_a_training_are_told_in_their_order_with_the_base_model_as_step_0()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var plan = Plan with
        {
            Kind = EvaluationKind.Rubric,
            Contestants =
            [
                new("base", "models/a", null, null), new("late", "models/a", 1, "1111", "photos", 40), new("early", "models/a", 2, "2222", "photos", 20),
                new("other", "models/b", 3, "3333", "elsewhere", 20), new("epoch 1", "models/a", 4, "4444"),
            ],
        };
        var (project, job) = await Begun(world, plan);
        await Sample(world, job, plan, 0, plan.Pictures);
        await world.Get<EvaluationWorkflow>().Finish(job);
        Dictionary<long, int> numbers;
        await using (var read = world.Open())
        {
            numbers = await read.Items.Include(i => i.Group).ToDictionaryAsync(i => i.Id, i => i.Group!.Number);
        }
        await Score(world, project, item => plan.At(numbers[item]) is { Contestant: 1, IsFixed: true } ? "10" : "0");

        await using var db = world.Open();
        var runs = RubricCurve.Of(plan, await RubricResults.Read(db, await db.Evaluations.SingleAsync()));
        // Of the training on another base model one step alone was scored, which is no line.
        Assert.Equal([("photos", true), ("photos", false)], runs.Select(run => (run.Name, run.IsFixed)));
        Assert.Equal([(0, 0.0), (20, 0), (40, 10)], runs[0].Steps.Select(step => (step.Step, step.Results.Mean)));
        Assert.Equal([(0, 0.0), (20, 0), (40, 0)], runs[1].Steps.Select(step => (step.Step, step.Results.Mean)));
    }

    [Theory, OnEachDatabase]
    public async Task Whoever_was_shown_which_checkpoint_made_what_is_asked_nothing_more_and_their_late_votes_are_refused(string database)
    {
        await using var world = await databases.World(database);
        var (project, job) = await Begun(world, Plan, raters: 2);
        await Sample(world, job, Plan, 0, Plan.Pictures);
        await world.Get<EvaluationWorkflow>().Finish(job);
        var (queue, lead, ann) = (world.Get<ItemQueue>(), Guid.NewGuid(), Guid.NewGuid());
        var held = (await queue.Take(project.Id, lead, 3, [])).Leases;
        Task<VoteResult> Say(Lease lease) => world.Get<VoteRecorder>().Cast(new VoteSubmission(Guid.NewGuid(), lease.ItemId, lease.AnnotatorId, new PairVerdict(PairPick.Tie, lease.FirstOnLeft, true, true), 900, world.Now));
        Assert.Equal(Outcome.Accepted, (await Say(held[0])).Outcome);

        await queue.UnblindAll(lead, project.Id);
        await queue.UnblindAll(lead, project.Id);
        Assert.Equal(NoItemsReason.NoneOpen, (await queue.Take(project.Id, lead, 16, [])).Why);
        Assert.Contains("would not be blind", (await Say(held[1])).Reason);
        Assert.Equal(1, await world.Open().Votes.CountAsync());
        // What the lead held is free for others, and the lead's earlier vote stands.
        var others = (await queue.Take(project.Id, ann, 16, [])).Leases;
        Assert.Equal(Plan.Items, others.Count);
        Assert.Equal(Outcome.Accepted, (await Say(others[0])).Outcome);
    }

    [Theory, OnEachDatabase]
    public async Task An_evaluation_that_cannot_be_written_leaves_no_project_behind(string database)
    {
        await using var world = await databases.World(database);
        await using (var db = world.Open())
        {
            await db.Database.ExecuteSqlRawAsync("DROP TABLE \"Evaluations\"");
        }
        var project = Evaluation.ProjectFor("Which is better?", Plan, 1, "", Scale, new ProjectSettings(), world.Now);
        await Assert.ThrowsAnyAsync<DbUpdateException>(() => world.Get<EvaluationWorkflow>().Start(project, Plan));
        Assert.False(await world.Open().Projects.AnyAsync());
    }

    [Theory, OnEachDatabase]
    public async Task Two_evaluations_of_one_name_have_two_addresses(string database)
    {
        await using var world = await databases.World(database);
        await Begun(world, Plan);
        var (second, _) = await Begun(world, Plan);
        Assert.Equal("which-is-better-2", second.Slug);
    }

    [Fact]
    public async Task Pictures_that_are_there_are_kept_when_the_making_of_the_others_failed_and_goes_on()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var (_, job) = await Begun(world, Plan);
        await Sample(world, job, Plan, 0, 3);
        await world.Get<JobQueue>().Fail(job, "the model's folder is gone");
        await world.Get<EpochCycle>().Retry(job.EpochId!.Value);
        var again = (await world.Get<JobQueue>().Claim("worker", [JobKind.Evaluate]))!;
        Assert.Equal((job.Id, 3), (again.Id, await world.Open().Groups.CountAsync()));
        await Sample(world, again, Plan, 3, Plan.Pictures - 3);
        await world.Get<EvaluationWorkflow>().Finish(again);
        await Assert.ThrowsAsync<JobLostException>(() => world.Get<EvaluationWorkflow>().Finish(again));
        Assert.Equal(Plan.Items, await world.Open().Items.CountAsync());
    }

    [Fact]
    public async Task One_that_is_stopped_half_way_asks_nobody()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var (project, job) = await Begun(world, Plan);
        await Sample(world, job, Plan, 0, 3);
        await world.Get<EpochCycle>().Cancel(job.EpochId!.Value);
        await Assert.ThrowsAsync<JobLostException>(() => world.Get<EvaluationWorkflow>().Finish(job));
        Assert.Equal(EpochState.Cancelled, (await world.Open().Epochs.SingleAsync()).State);
        Assert.Empty((await world.Get<ItemQueue>().Take(project.Id, Guid.NewGuid(), 1, [])).Leases);
    }

    [Fact]
    public void A_plan_that_compares_nothing_is_refused_with_what_to_do()
    {
        Assert.Empty(Plan.Faults());
        Assert.Contains("2 to 20 checkpoints", Assert.Single((Plan with { Contestants = [Plan.Contestants[0]] }).Faults()));
        Assert.Contains("same weights", Assert.Single((Plan with { Contestants = [Plan.Contestants[1], Plan.Contestants[1] with { Name = "again" }] }).Faults()));
        Assert.Contains("1 to 500 prompts", Assert.Single((Plan with { Prompts = [] }).Faults()));
        Assert.Contains("1 to 100 pictures", Assert.Single((Plan with { FixedEach = 0, RandomEach = 0 }).Faults()));
        Assert.Contains("the most is", Assert.Single((Plan with { Prompts = [.. Enumerable.Range(0, 500).Select(n => $"{n}")], FixedEach = 50 }).Faults()));
    }

    private static async Task<(Project Project, Job Job)> Begun(World world, EvaluationPlan plan, int raters = 1)
    {
        var project = Evaluation.ProjectFor("Which is better?", plan, raters, "", Scale, new ProjectSettings { Blurred = false }, world.Now);
        await world.Get<EvaluationWorkflow>().Start(project, plan);
        return (project, (await world.Get<JobQueue>().Claim("worker", [JobKind.Evaluate]))!);
    }

    private static async Task Sample(World world, Job job, EvaluationPlan plan, int from, int count)
    {
        for (var number = from; number < from + count; number++)
        {
            var hash = await world.Files.Put(Encoding.UTF8.GetBytes($"picture {number}"));
            await world.Get<EpochCycle>().Add(job, epoch => Group.Sampled(epoch, GroupUse.Labeling, number, null, plan.Prompts[plan.At(number).Prompt], 1, null, [new NewImage(hash, 64, 64, 1)], world.Now));
        }
    }

    /// <summary>Somebody new judges every pair; left and right are meant as the item's first and second.</summary>
    private static Task Judge(World world, Project project, Func<long, PairPick> pick) => Vote(world, project, lease => new PairVerdict(
        pick(lease.ItemId) switch
        {
            PairPick.Left => lease.FirstOnLeft ? PairPick.Left : PairPick.Right,
            PairPick.Right => lease.FirstOnLeft ? PairPick.Right : PairPick.Left,
            var even => even,
        }, lease.FirstOnLeft, true, true));

    private static Task Score(World world, Project project, Func<long, string> score) => Vote(world, project, lease => new ChoiceVerdict(score(lease.ItemId), true, true));

    private static async Task Vote(World world, Project project, Func<Lease, Verdict> verdict)
    {
        var rater = Guid.NewGuid();
        while ((await world.Get<ItemQueue>().Take(project.Id, rater, 16, [])).Leases is { Count: > 0 } leases)
        {
            foreach (var lease in leases)
            {
                Assert.Equal(Outcome.Accepted, (await world.Get<VoteRecorder>().Cast(new VoteSubmission(Guid.NewGuid(), lease.ItemId, rater, verdict(lease), 900, world.Now))).Outcome);
            }
        }
    }
}
