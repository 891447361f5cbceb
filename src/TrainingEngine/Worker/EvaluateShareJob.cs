using Labeler.Shared.Data;
using Labeler.Shared.Evaluations;
using Labeler.Shared.Jobs;
using Labeler.Shared.Samples;
using Labeler.Shared.Storage;
using Labeler.Shared.Training;
using Labeler.TrainingEngine.Diffusion;
using Microsoft.EntityFrameworkCore;

namespace Labeler.TrainingEngine.Worker;

/// <summary>
/// Makes a share of an evaluation's pictures, each picture a group of its own. Those that are there already are left alone, so another
/// worker goes on where one has died and ends with the same pictures; after the last share people are asked.
/// </summary>
internal sealed class EvaluateShareJob(IDbContextFactory<LabelerDb> contexts, EpochCycle cycle, EvaluationWorkflow evaluations,
    FileStore files, LoadedModel models, TimeProvider time) : IJobHandler
{
    private const ulong FixedStream = 2, RandomStream = 3;

    public JobKind Kind => JobKind.EvaluateShare;

    public void Run(Job job, JobReporter reporter)
    {
        using var db = contexts.CreateDbContext();
        var plan = db.Evaluations.AsNoTracking().First(evaluation => evaluation.ProjectId == job.ProjectId).Plan;
        var present = db.Groups.Where(group => group.EpochId == job.EpochId).Select(group => group.Number).ToHashSet();
        var range = job.Read<PictureRange>();
        var contestant = plan.Contestants[range.Contestant];
        // All of the checkpoint's, as pictures are computed in the same company whichever are wanted.
        PlannedPicture[] pictures = [.. (range with { First = 0, Count = plan.PicturesEach }).Of(plan)];
        var missing = Enumerable.Range(range.First, range.Count).Where(place => !present.Contains(pictures[place].Number)).ToHashSet();
        reporter.Say($"share {job.Share}: {missing.Count} pictures with {contestant.Name}, by {job.Worker}");
        var weights = contestant.Weights ?? "";
        var model = models.Patched(contestant.Model, models.SettingsOf(job).Compute, weights, reporter);
        var sampler = new Sampler(model.Diffusion, ModelSchedule.Of(model.Diffusion),
            SamplingOrder.OptionsOf(plan.Sampling, groupSize: 1, model.Diffusion.IsFlow));
        var progress = new ShareProgress(job, reporter, missing.Count, "pictures", time);
        using var workers = model.ThreadsFor(missing.Count);
        GroupRequest[] requests = [.. pictures.Select(picture => new GroupRequest(plan.Prompts[picture.Prompt], SeedOf(plan, picture)))];
        progress.Tell();
        new GroupSampler(model.Diffusion, sampler, model.Hash, weights).Sample(requests, missing.Contains, workers, (place, sampled) =>
        {
            var image = new NewImage(files.Put(sampled.Images[0]).GetAwaiter().GetResult(), sampler.Width, sampler.Height,
                (long)(sampled.Trajectory.Origin.ImageSeeds[0] & long.MaxValue));
            reporter.Ask(() => cycle.Add(job, epoch => Group.Sampled(epoch, GroupUse.Labeling, pictures[place].Number, null,
                requests[place].Prompt, (long)(requests[place].Seed & long.MaxValue), null, [image], time.GetUtcNow())));
            progress.Made(1);
        }, reporter.Stop);
        reporter.End(() => evaluations.Finish(job));
    }

    /// <summary>Fixed noise follows from the fixed seed and the picture's place among its prompt's; new noise in a duel is shared by the
    /// checkpoints.</summary>
    private static ulong SeedOf(EvaluationPlan plan, PlannedPicture picture) => picture.IsFixed
        ? Seeds.At((ulong)plan.FixedSeed, FixedStream, (ulong)picture.Index)
        : Seeds.At((ulong)plan.RandomSeed, RandomStream, plan.Kind == EvaluationKind.Duel ? 0 : (ulong)picture.Contestant,
            (ulong)picture.Prompt, (ulong)picture.Index);
}
