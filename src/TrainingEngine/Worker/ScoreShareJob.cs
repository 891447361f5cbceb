using Labeler.Shared.Imaging;
using Labeler.Shared.Jobs;
using Labeler.Shared.Scoring;
using Labeler.Shared.Storage;
using Labeler.TrainingEngine.Rewards;

namespace Labeler.TrainingEngine.Worker;

/// <summary>
/// Asks a reward about a share's pictures, some at a time, and keeps each answer at once: another worker goes on with the pictures that
/// have none. A picture that the reward could not be asked about fails the job, when the others and the other shares are done.
/// </summary>
internal sealed class ScoreShareJob(ScoringWorkflow scoring, FileStore files, InstalledReward rewards, TimeProvider time) : IJobHandler
{
    /// <summary>Pictures that a reward sees together. Shares are whole numbers of it, so that they are the same whoever asks.</summary>
    public const int AtOnce = 32;

    public JobKind Kind => JobKind.ScoreShare;

    /// <param name="job">A share, or a job that is not cut.</param>
    public void Run(Job job, JobReporter reporter)
    {
        var work = reporter.Ask(() => scoring.Read(job));
        string? why = null;
        var what = job.Share is { } number ? $"share {number}: " : "";
        reporter.Say($"{what}scoring {work.Images.Count} pictures by {work.Reward.Name}, by {job.Worker}");
        var progress = new ShareProgress(job, reporter, work.Images.Count, "pictures", time);
        progress.Tell();
        using (var reward = rewards.Open(work, reporter))
        {
            foreach (var some in work.Images.Chunk(AtOnce))
            {
                var (values, failure) = Ask(reward, some, reporter);
                (double Value, ScoredImage Image)[] scored = [.. values.Zip(some)];
                if (failure is not null)
                {
                    // Which of them it was is not known for certain: those without a number are asked about again.
                    why ??= failure;
                    scored = [.. scored.Where(one => double.IsFinite(one.Value))];
                }
                reporter.Ask(() => scoring.Keep(job,
                    [.. scored.Select(one => (one.Image.Id, double.IsFinite(one.Value) ? one.Value : (double?)null))]));
                progress.Did(some.Length);
            }
        }
        if (reporter.End(() => scoring.Finish(job, why)) is { } failed)
        {
            reporter.SayFailed(failed);
        }
        else
        {
            reporter.Say($"{what}scored");
        }
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
