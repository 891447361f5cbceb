using Labeler.Shared.Data;
using Labeler.Shared.Evaluations;
using Labeler.Shared.Jobs;
using Labeler.TrainingEngine.Diffusion;
using Microsoft.EntityFrameworkCore;

namespace Labeler.TrainingEngine.Worker;

/// <summary>Begins the making of an evaluation's pictures: leaves them to shares, each of one checkpoint's, which any number of workers do.
/// Pictures that are there already are left alone.</summary>
internal sealed class EvaluateJob(IDbContextFactory<LabelerDb> contexts, JobQueue queue, EvaluationWorkflow evaluations,
    LoadedModel models) : IJobHandler
{
    public JobKind Kind => JobKind.Evaluate;

    public void Run(Job job, JobReporter reporter)
    {
        using var db = contexts.CreateDbContext();
        var plan = db.Evaluations.AsNoTracking().First(evaluation => evaluation.ProjectId == job.ProjectId).Plan;
        var present = db.Groups.Where(group => group.EpochId == job.EpochId).Select(group => group.Number).ToHashSet();
        var together = Sampler.MostTogether(SamplingOrder.OptionsOf(plan.Sampling, groupSize: 1, flow: false),
            plan.Sampling.GuidanceScale > 1);
        var device = models.SettingsOf(job).Compute.Device;
        var shares =
            from contestant in Enumerable.Range(0, plan.Contestants.Count)
            from cut in ShareOrder.Cut(plan.PicturesEach, together, plan.Pictures)
            let range = new PictureRange(contestant, cut.First, cut.Count)
            let missing = range.Of(plan).Count(picture => !present.Contains(picture.Number))
            where missing > 0
            select new ShareOrder(range, missing, device);
        ShareOrder[] made = [.. shares];
        reporter.Say($"making {made.Sum(share => share.Pieces)} of {plan.Pictures} pictures with {plan.Contestants.Count} checkpoints, in "
            + $"{made.Length} {(made.Length == 1 ? "share" : "shares")}");
        reporter.End(() => made.Length == 0 ? evaluations.Finish(job) : queue.Divide(job, new { }, plan.Pictures, made));
    }
}

/// <summary>What a share of an evaluation is about.</summary>
/// <param name="Contestant">Whose pictures.</param>
/// <param name="First">Place among them.</param>
/// <param name="Count">Pictures.</param>
internal sealed record PictureRange(int Contestant, int First, int Count)
{
    public IEnumerable<PlannedPicture> Of(EvaluationPlan plan) =>
        Enumerable.Range((Contestant * plan.PicturesEach) + First, Count).Select(plan.At);
}
