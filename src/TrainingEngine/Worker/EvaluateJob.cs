using Labeler.Shared.Data;
using Labeler.Shared.Evaluations;
using Labeler.Shared.Jobs;
using Labeler.Shared.Samples;
using Labeler.Shared.Storage;
using Labeler.Shared.Training;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Training.Loop;
using Microsoft.EntityFrameworkCore;

namespace Labeler.TrainingEngine.Worker;

/// <summary>
/// Makes an evaluation's pictures, checkpoint after checkpoint, each picture a group of its own. Those that are there already
/// are left alone, so a job that was stopped goes on where it was and ends with the same pictures; then people are asked.
/// </summary>
internal sealed class EvaluateJob(
    IDbContextFactory<LabelerDb> contexts, EpochCycle cycle, EvaluationWorkflow evaluations, FileStore files, LoadedModel models,
        TimeProvider time) : IJobHandler
{
    private const ulong FixedStream = 2, RandomStream = 3;

    public JobKind Kind => JobKind.Evaluate;

    public void Run(Job job, JobReporter reporter)
    {
        using var db = contexts.CreateDbContext();
        var plan = db.Evaluations.AsNoTracking().First(evaluation => evaluation.ProjectId == job.ProjectId).Plan;
        var present = db.Groups.Where(group => group.EpochId == job.EpochId).Select(group => group.Number).ToHashSet();
        var clock = new RunClock(time, plan.Pictures, present.Count);
        var done = present.Count;
        reporter.Say($"making {plan.Pictures - done} of {plan.Pictures} pictures with {plan.Contestants.Count} checkpoints");
        foreach (var number in Enumerable.Range(0, plan.Contestants.Count))
        {
            Sample(job, plan, number, present, reporter,
                () => reporter.Report((double)++done / plan.Pictures, $"{done} of {plan.Pictures} pictures", Left()));
        }
        reporter.End(() => evaluations.Finish(job));
        reporter.Say("all pictures are there");

        double? Left()
        {
            clock.Advance(1);
            return clock.SecondsLeft;
        }
    }

    private void Sample(Job job, EvaluationPlan plan, int contestant, HashSet<int> present, JobReporter reporter, Action made)
    {
        PlannedPicture[] pictures = [.. Enumerable.Range(contestant * plan.PicturesEach, plan.PicturesEach).Select(plan.At)];
        var missing = Enumerable.Range(0, pictures.Length).Where(place => !present.Contains(pictures[place].Number)).ToHashSet();
        if (missing.Count == 0)
        {
            return;
        }
        var weights = plan.Contestants[contestant].Weights;
        var model = models.Of(plan.Contestants[contestant].Model, models.SettingsOf(job).Compute, reporter);
        using var patch = model.Patched(weights is null ? null : files.Verified(weights, reporter.Stop));
        var sampler = new Sampler(model.Diffusion, ModelSchedule.Of(model.Diffusion),
            SampleJob.OptionsOf(plan.Sampling, groupSize: 1, model.Diffusion.IsFlow));
        using var workers = model.ThreadsFor(missing.Count);
        GroupRequest[] requests = [.. pictures.Select(picture => new GroupRequest(plan.Prompts[picture.Prompt], SeedOf(plan, picture)))];
        new GroupSampler(model.Diffusion, sampler, model.Hash, weights ?? "").Sample(requests, missing.Contains, workers,
            (place, sampled) =>
        {
            var image = new NewImage(files.Put(sampled.Images[0]).GetAwaiter().GetResult(), sampler.Width, sampler.Height,
                (long)(sampled.Trajectory.Origin.ImageSeeds[0] & long.MaxValue));
            reporter.Ask(() => cycle.Add(job, epoch => Group.Sampled(
                epoch, GroupUse.Labeling, pictures[place].Number, null, requests[place]
                    .Prompt, (long)(requests[place].Seed & long.MaxValue), null, [image],
                time.GetUtcNow())));
            reporter.Advanced();
            made();
        }, reporter.Stop);
    }

    /// <summary>Fixed noise follows from the fixed seed and the picture's place among its prompt's; new noise in a duel is shared by the
    /// checkpoints.</summary>
    private static ulong SeedOf(EvaluationPlan plan, PlannedPicture picture) => picture.IsFixed
        ? Seeds.At((ulong)plan.FixedSeed, FixedStream, (ulong)picture.Index)
        : Seeds.At((ulong)plan.RandomSeed, RandomStream, plan.Kind == EvaluationKind.Duel ? 0 : (ulong)picture.Contestant,
            (ulong)picture.Prompt, (ulong)picture.Index);
}
