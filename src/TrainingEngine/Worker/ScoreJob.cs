using Labeler.Shared.Jobs;
using Labeler.Shared.Scoring;

namespace Labeler.TrainingEngine.Worker;

/// <summary>
/// Begins the scoring of pictures by a reward: leaves many to shares, which any number of workers do, and does few itself. Pictures that
/// are scored already are left alone, so a job that was stopped or that failed goes on with those that are not.
/// </summary>
internal sealed class ScoreJob(JobQueue queue, ScoringWorkflow scoring, EpochFigures figures, ScoreShareJob share) : IJobHandler
{
    // The fewest pictures of a share that has others beside it: a second of work at least, against as much to begin it.
    private const int Together = 2 * ScoreShareJob.AtOnce;

    public JobKind Kind => JobKind.Score;

    public void Run(Job job, JobReporter reporter)
    {
        if (job.EpochId is { } epoch)
        {
            reporter.Ask(() => figures.Measure(epoch, reporter.Stop));
        }
        var work = reporter.Ask(() => scoring.Read(job));
        var images = work.Images;
        (int First, int Count)[] cuts = [.. ShareOrder.Cut(images.Count, Together, images.Count)];
        if (cuts.Length < 2)
        {
            share.Run(job, reporter);
            return;
        }
        reporter.Say($"scoring {images.Count} pictures by {work.Reward.Name}, in {cuts.Length} shares");
        var order = job.Read<ScoreOrder>();
        reporter.End(() => queue.Divide(job, Within(0, images.Count), images.Count,
            [.. cuts.Select(cut => new ShareOrder(Within(cut.First, cut.Count), cut.Count, ""))]));

        ScoreOrder Within(int first, int count) => order with { Within = new(images[first].Id, images[first + count - 1].Id) };
    }
}
