namespace Labeler.Web.Features.Epochs;

/// <summary>A part of an epoch's way round the loop.</summary>
/// <param name="Began">Null while it has not.</param>
/// <param name="Ended">Null while it goes on, or has not begun.</param>
/// <param name="Done">0 to 1; null where nobody can say.</param>
/// <param name="Says">How far it is, or what came of it.</param>
public sealed record EpochPhase(string Name, DateTimeOffset? Began, DateTimeOffset? Ended, PhaseState State, double? Done, string Says)
{
    /// <summary>Sampling, labeling, training and evaluation in this order.</summary>
    /// <param name="jobs">Of this epoch.</param>
    /// <param name="judged">Of what is asked of people about this epoch.</param>
    public static IReadOnlyList<EpochPhase> Of(Epoch epoch, IReadOnlyList<Job> jobs, (int Done, int All) judged)
    {
        var train = jobs.Where(job => job.Kind == JobKind.Train && job.CreatedAt >= epoch.FrozenAt).MaxBy(job => job.Id);
        var scores = jobs.Where(job => job.Kind == JobKind.Score).ToList();
        return
        [
            Sampling(epoch, jobs.Where(job => job.Kind is JobKind.Sample or JobKind.Import).MaxBy(job => job.Id)),
            new(Texts.Say($"Labeling"), epoch.LabelingSince, epoch.LabelingSince is null ? null : epoch.FrozenAt ?? epoch.EndedAt,
                epoch.LabelingSince is null ? PhaseState.Ahead
                    : epoch.FrozenAt is null && epoch.EndedAt is null ? PhaseState.Now : PhaseState.Over,
                judged.All == 0 ? null : (double)judged.Done / judged.All,
                Texts.Say($"{judged.Done:#,0} of {judged.All:#,0} items judged")),
            Training(epoch, train),
            Evaluation(scores),
        ];
    }

    /// <summary>How long it took, or has taken so far.</summary>
    public TimeSpan? Took(DateTimeOffset now) => Began is { } from ? (Ended ?? now) - from : null;

    private static EpochPhase Sampling(Epoch epoch, Job? job)
    {
        var failed = epoch is { State: EpochState.Failed, FailedFrom: EpochState.Sampling };
        var state = failed ? PhaseState.Failed : epoch.State == EpochState.Sampling ? PhaseState.Now : PhaseState.Over;
        return new(Texts.Say($"Sampling"), epoch.CreatedAt,
            state == PhaseState.Now ? null : epoch.LabelingSince ?? job?.EndedAt ?? epoch.EndedAt, state,
            state == PhaseState.Now ? job?.Progress : null, Said(job, state));
    }

    private static EpochPhase Training(Epoch epoch, Job? job)
    {
        if (epoch.FrozenAt is null)
        {
            return new(Texts.Say($"Training"), null, null, PhaseState.Ahead, null, "");
        }
        var failed = epoch.State == EpochState.Failed;
        var state = failed ? PhaseState.Failed
            : epoch.State is EpochState.Frozen or EpochState.Training ? PhaseState.Now : PhaseState.Over;
        return new(Texts.Say($"Training"), epoch.FrozenAt, state == PhaseState.Now ? null : epoch.EndedAt ?? job?.EndedAt, state,
            state == PhaseState.Now ? job?.Progress : null, Said(job, state));
    }

    // Evaluation pictures are sampled with the others; what comes after is that rewards score them.
    private static EpochPhase Evaluation(List<Job> scores)
    {
        if (scores.Count == 0)
        {
            return new(Texts.Say($"Evaluation"), null, null, PhaseState.Ahead, null, Texts.Say($"no reward is to score its pictures"));
        }
        var over = scores.TrueForAll(job => job.IsOver);
        var state = !over ? PhaseState.Now : scores.Exists(job => job.State == JobState.Failed) ? PhaseState.Failed : PhaseState.Over;
        return new(Texts.Say($"Evaluation"), scores.Min(job => job.StartedAt ?? job.CreatedAt),
            over ? scores.Max(job => job.EndedAt) : null,
            state, over ? null : scores.Average(job => job.IsOver ? 1 : job.Progress),
            Said(scores.MaxBy(job => job.Id), state));
    }

    private static string Said(Job? job, PhaseState state) => (job, state) switch
    {
        (null, _) => "",
        (_, PhaseState.Failed) => job.Error ?? Texts.Say($"failed"),
        ({ State: JobState.Queued }, PhaseState.Now) => Texts.Say($"waits for a worker"),
        (_, PhaseState.Now) => job.SecondsLeft is { } left
            ? Texts.Say($"{job.Message}, {Duration.Text(TimeSpan.FromSeconds(left))} left") : job.Message,
        _ => job.Attempt > 1 ? Texts.Say($"in {job.Attempt} tries") : "",
    };
}

public enum PhaseState { Ahead, Now, Over, Failed }
