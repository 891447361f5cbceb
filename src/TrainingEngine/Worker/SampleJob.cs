using Labeler.Shared.Data;
using Labeler.Shared.Jobs;
using Labeler.Shared.Training;
using Labeler.Shared.Voting;
using Labeler.TrainingEngine.Diffusion;
using Microsoft.EntityFrameworkCore;

namespace Labeler.TrainingEngine.Worker;

/// <summary>
/// Begins the sampling of an epoch: writes down everything that decides its pictures and leaves them to shares, which any number of workers
/// do. Groups that are there already are left alone, so a job that was stopped goes on where it was.
/// </summary>
internal sealed class SampleJob(IDbContextFactory<LabelerDb> contexts, EpochCycle cycle, JobQueue queue) : IJobHandler
{
    public JobKind Kind => JobKind.Sample;

    public void Run(Job job, JobReporter reporter)
    {
        using var db = contexts.CreateDbContext();
        var project = db.Projects.AsNoTracking().Include(p => p.Prompts).First(p => p.Id == job.ProjectId);
        var epoch = db.Epochs.AsNoTracking().Include(e => e.SampledBy).First(e => e.Id == job.EpochId);
        var present = db.Groups.Where(group => group.EpochId == epoch.Id).Select(group => new { group.Use, group.Number }).ToHashSet();
        var order = SamplingOrder.Of(project, epoch);
        string[] prompts = [.. order.Trained.Select(prompt => prompt.Text)];
        order = order with { Asked = reporter.Ask(() => PromptShares.Of(db, project, epoch, prompts)) };
        var groups = order.Groups();
        var shares =
            from row in order.Rows()
            from cut in ShareOrder.Cut(row.Count, Together(order, row.Size), groups.Count)
            let range = new GroupRange(row.First + cut.First, cut.Count)
            let missing = range.Places.Count(place => !present.Contains(new { groups[place].Use, groups[place].Number }))
            where missing > 0
            select new ShareOrder(range, missing, order.Compute.Device);
        ShareOrder[] made = [.. shares];
        reporter.Say($"sampling {made.Sum(share => share.Pieces)} of {groups.Count} groups with "
            + $"{(epoch.SampledBy is { } by ? $"checkpoint {by.Id}" : "the base model")}, in {made.Length} "
            + (made.Length == 1 ? "share" : "shares"));
        reporter.End(() => made.Length == 0 ? cycle.FinishSampling(job) : queue.Divide(job, order, groups.Count, made));
    }

    // Another number would change no bits: a share that cut groups apart which are computed together would compute some for nothing.
    private static int Together(SamplingOrder order, int size) =>
        Sampler.MostTogether(order.Options(size, flow: false), order.Sampling.GuidanceScale > 1);
}
