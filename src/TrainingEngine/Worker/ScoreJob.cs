using Labeler.Shared;
using Labeler.Shared.Imaging;
using Labeler.Shared.Jobs;
using Labeler.Shared.Scoring;
using Labeler.Shared.Storage;
using Labeler.TrainingEngine.Rewards;

namespace Labeler.TrainingEngine.Worker;

/// <summary>
/// Asks a reward about pictures, some at a time, and keeps each answer at once: a job that was stopped or that failed goes on with the
/// pictures that have none. A picture that the reward could not be asked about fails the job, when the others are done.
/// </summary>
internal sealed class ScoreJob(ScoringWorkflow scoring, EpochFigures figures, FileStore files, InstalledReward rewards) : IJobHandler
{
    private const int AtOnce = 32;

    public JobKind Kind => JobKind.Score;

    public void Run(Job job, JobReporter reporter)
    {
        var work = reporter.Ask(() => scoring.Read(job));
        var (done, lost, why) = (0, 0, "");
        reporter.Say($"scoring {work.Images.Count} pictures by {work.Reward.Name}");
        using (var reward = rewards.Open(work, reporter))
        {
            foreach (var some in work.Images.Chunk(AtOnce))
            {
                reporter.Report((double)done / work.Images.Count, $"{done} of {work.Images.Count} pictures scored", null);
                var (values, failure) = Ask(reward, some, reporter);
                (double Value, ScoredImage Image)[] scored = [.. values.Zip(some)];
                if (failure is not null)
                {
                    // Which of them it was is not known for certain: those without a number are asked about again.
                    why = why.Length == 0 ? failure : why;
                    lost += scored.Count(one => double.IsNaN(one.Value));
                    scored = [.. scored.Where(one => double.IsFinite(one.Value))];
                }
                reporter.Ask(() => scoring.Keep(job,
                    [.. scored.Select(one => (one.Image.Id, double.IsFinite(one.Value) ? one.Value : (double?)null))]));
                reporter.Advanced();
                done += some.Length;
            }
        }
        LabelerException.ThrowIf(
            lost > 0, $"{work.Reward.Name} gave no score for {lost} of {work.Images.Count} pictures: {why}. What it gave is kept.");
        if (job.EpochId is { } epoch)
        {
            reporter.Ask(() => figures.Measure(epoch, reporter.Stop));
        }
        reporter.End(() => scoring.Finish(job));
        reporter.Say("scored");
    }

    /// <summary>Numbers, NaN where there is none; and why, where that is a failure and not the reward's answer.</summary>
    private (IReadOnlyList<double> Values, string? Failure) Ask(IReward reward, ScoredImage[] images, JobReporter reporter)
    {
        var lines = new List<string>();
        Candidate[] asked =
        [
            .. images.Select(image => new Candidate((int)Math.Min(image.Group, int.MaxValue), image.Index, image.Prompt,
                () => Picture.Decode(File.ReadAllBytes(files.Verified(image.ContentHash, reporter.Stop))))),
        ];
        try
        {
            var values = reward.Of(asked, lines.Add, reporter.Stop);
            lines.ForEach(reporter.Say);
            return (values, lines.FirstOrDefault()?.TrimEnd('.'));
        }
        catch (EngineException) when (lines.Count > 0)
        {
            lines.ForEach(reporter.Say);
            throw;
        }
    }
}
