using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Shared.Samples;
using Labeler.Shared.Voting;

namespace Labeler.Shared.Statistics;

/// <summary>What an epoch with given settings will take, by what earlier ones took.</summary>
/// <param name="Images">That are sampled, those for evaluation included.</param>
/// <param name="SecondsPerImage">Of earlier samplings with this model, in proportion to steps and guidance; null where there are
/// none.</param>
/// <param name="Samplings">How many samplings that was measured in.</param>
/// <param name="Judgements">Votes that the epoch asks for; of pairs and rankings at least so many.</param>
/// <param name="SecondsPerVote">The median of earlier votes of this task; null where there are none.</param>
public sealed record EpochEstimate(int Images, double? SecondsPerImage, int Samplings, int Judgements, double? SecondsPerVote)
{
    /// <summary>Of earlier trainings of this model by this algorithm, in proportion to pictures, passes, steps and guidance; null where
    /// there are none.</summary>
    public TimeSpan? Training { get; private init; }

    /// <summary>How many trainings that was measured in.</summary>
    public int Trainings { get; private init; }

    private const int Recent = 10, RecentVotes = 1000;

    public TimeSpan? Sampling => SecondsPerImage is { } seconds ? TimeSpan.FromSeconds(seconds * Images) : null;
    public TimeSpan? Labeling => SecondsPerVote is { } seconds ? TimeSpan.FromSeconds(seconds * Judgements) : null;

    public static async Task<EpochEstimate> Read(
        LabelerDb db, ProjectSettings settings, LabelingTask task, CancellationToken cancel = default)
    {
        var groups = settings.GroupsPerEpoch;
        var size = Math.Max(1, settings.GroupSize);
        var evaluated = (settings.EvaluationImages + size - 1) / size * size;
        var items = task is LabelingTask.FlagBatch or LabelingTask.PreferPair or LabelingTask.Rank ? groups : groups * size;
        var (seconds, samplings) = await Measured(db, settings, JobKind.Sample, one => one.Images * Passes(one.Settings.Sampling), cancel);
        var (training, trainings) = await Measured(db, settings, JobKind.Train, Learned, cancel);
        var times = await db.Votes.AsNoTracking().Effective()
            .Where(vote => db.Projects.Any(project => project.Id == vote.ProjectId && project.Task == task))
            .OrderByDescending(vote => vote.Id).Take(RecentVotes).Select(vote => vote.DurationMs).ToListAsync(cancel);
        return new(groups * size + evaluated, seconds * Passes(settings.Sampling), samplings, items * settings.VotesPerItem,
            times.Count == 0 ? null : times.Order().ElementAt(times.Count / 2) / 1000.0)
        {
            Training = training is { } each ? TimeSpan.FromSeconds(each * Learned(new(settings, groups * size, default))) : null,
            Trainings = trainings,
        };
    }

    private sealed record Done(ProjectSettings Settings, int Images, TimeSpan Took);

    // One that was interrupted says nothing: its time is not all there.
    private static async Task<(double? SecondsPerWork, int Jobs)> Measured(
        LabelerDb db, ProjectSettings settings, JobKind kind, Func<Done, double> work, CancellationToken cancel)
    {
        var ended = await (
            from job in db.Jobs.AsNoTracking()
            where job.Kind == kind && job.State == JobState.Succeeded && job.Attempt == 1
            where !db.Jobs.Any(share => share.ParentId == job.Id && share.Attempt > 1)
            where job.StartedAt != null && job.EndedAt != null
            join project in db.Projects on job.ProjectId equals project.Id
            orderby job.Id descending
            select new
            {
                job.StartedAt,
                job.EndedAt,
                project.Settings,
                // Evaluation pictures are made and never learned from.
                Images = db.Groups.Where(g => g.EpochId == job.EpochId && (kind == JobKind.Sample || g.Use == GroupUse.Labeling))
                    .Sum(g => g.Images.Count),
            }).Take(20 * Recent).ToListAsync(cancel);
        var alike = ended.Where(one => one.Images > 0 && one.EndedAt > one.StartedAt)
            .Select(one => new Done(one.Settings, one.Images, one.EndedAt!.Value - one.StartedAt!.Value))
            .Where(one => (one.Settings.ModelFolder, one.Settings.Sampling.Size) == (settings.ModelFolder, settings.Sampling.Size)
                && (kind == JobKind.Sample || one.Settings.Algorithm == settings.Algorithm))
            .Take(Recent).ToList();
        var all = alike.Sum(work);
        return all == 0 ? (null, 0) : (alike.Sum(one => one.Took.TotalSeconds) / all, alike.Count);
    }

    // Of the denoiser in training, up to a factor that an algorithm has; as if there were as many earlier epochs as are replayed.
    private static double Learned(Done epoch) => epoch.Images * epoch.Settings.Training.Passes
        * (epoch.Settings.Algorithm == "d3po" ? epoch.Settings.Training.StepFraction : 1)
        * (AlgorithmInfo.Find(epoch.Settings.Algorithm)?.Replays == true ? 1 + epoch.Settings.Training.Replay : 1)
        * (AlgorithmInfo.Find(epoch.Settings.Algorithm)?.NeedsTrajectories == false ? 1 : Passes(epoch.Settings.Sampling));

    // Of the model for one image: guidance asks it twice a step.
    private static double Passes(SamplingSettings sampling) => sampling.Steps * (sampling.GuidanceScale is 1 ? 1 : 2);
}
