using Labeler.Shared.Projects;
using Labeler.Shared.Webhooks;

namespace Labeler.Shared.Voting;

/// <summary>One row of the append-only record of votes. Nothing of what was said is ever changed; a row is only marked as superseded or
/// quarantined.</summary>
public sealed class Vote : Announcing
{
    /// <summary>A judgement that took fewer milliseconds was made by nobody who looked at the images.</summary>
    public const int ImplausiblyFastMs = 200;

    private Vote() { }

    public long Id { get; private set; }

    /// <summary>Made by the sender; the same key again is the same vote.</summary>
    public Guid Key { get; private set; }
    public VoteKind Kind { get; private set; }
    public long ProjectId { get; private set; }
    public long EpochId { get; private set; }
    public long ItemId { get; private set; }
    public Item? Item { get; private set; }
    public Guid AnnotatorId { get; private set; }
    public Verdict? Verdict { get; private set; }

    // What the verdict says, counted out for the dashboards' queries.

    public int Seen { get; private set; }

    /// <summary>Images seen and flagged as anything.</summary>
    public int Flagged { get; private set; }
    public int Deformed { get; private set; }
    public int Unsafe { get; private set; }

    /// <summary>Images seen without blur in a project that blurs: the person's exposure.</summary>
    public int Exposed { get; private set; }

    /// <summary>The option's name, or first, second, tie or bothBad.</summary>
    public string? Choice { get; private set; }

    /// <summary>What the chosen option is worth. A ranking has no option: here are its pairs of a better and a worse image.</summary>
    public double? Score { get; private set; }

    public string? Reason { get; private set; }
    public int DurationMs { get; private set; }
    public bool IsImplausiblyFast => Kind == VoteKind.Judgement && DurationMs < ImplausiblyFastMs;
    public DateTimeOffset? ClientTime { get; private set; }
    public DateTimeOffset At { get; private set; }

    /// <summary>Came when the item had all its votes, or its epoch was closed: kept, counted apart, not trained on.</summary>
    public bool Surplus { get; private set; }

    /// <summary>Where it stands, on items that a second person checks.</summary>
    public VoteCheck Check { get; private set; }

    /// <summary>The vote whose flags this person saw and confirmed or changed; null for a judgement of one's own.</summary>
    public long? ChecksId { get; private set; }

    /// <summary>How sure the people were for whom it stands, above 0 to 1; null for a vote that was cast here, which is sure.</summary>
    public double? Weight { get; private set; }

    /// <summary>How many people it stands for, where it came with a set of others; null for one.</summary>
    public int? Voters { get; private set; }

    /// <summary>The undo that took this vote back.</summary>
    public long? SupersededById { get; private set; }
    public Vote? SupersededBy { get; private set; }
    public string? Quarantine { get; private set; }
    public DateTimeOffset? QuarantinedAt { get; private set; }

    internal static Vote Cast(Guid key, Item item, Project project, Guid annotator, Verdict verdict, int durationMs,
        DateTimeOffset? clientTime, bool surplus, DateTimeOffset now)
    {
        var vote = new Vote
        {
            Key = key,
            Kind = verdict is SkipVerdict ? VoteKind.Skip : VoteKind.Judgement,
            ProjectId = item.ProjectId,
            EpochId = item.EpochId,
            ItemId = item.Id,
            AnnotatorId = annotator,
            Verdict = verdict,
            DurationMs = Math.Max(0, durationMs),
            ClientTime = clientTime,
            Surplus = surplus,
            At = now,
        };
        vote.CountOut(verdict, project.Settings);
        return vote;
    }

    internal static Vote Undo(Guid key, Vote undone, string? reason, DateTimeOffset now)
    {
        var undo = new Vote
        {
            Key = key,
            Kind = VoteKind.Undo,
            ProjectId = undone.ProjectId,
            EpochId = undone.EpochId,
            ItemId = undone.ItemId,
            AnnotatorId = undone.AnnotatorId,
            Reason = reason,
            At = now,
        };
        undone.SupersededBy = undo;
        return undo;
    }

    /// <summary>Keeps the vote out of training and statistics, visibly and with a reason.</summary>
    internal void PutInQuarantine(string reason, DateTimeOffset now)
    {
        Quarantine = reason.Trim() is { Length: > 0 } text ? text : throw new LabelerException("Say why the vote is put in quarantine.");
        QuarantinedAt = now;
    }

    /// <summary>A vote that came while its epoch was closed counts, now that the epoch is open again and its item still wants
    /// votes.</summary>
    internal void CountAfterAll()
    {
        Surplus = false;
        Item!.Count(+1);
    }

    /// <summary>The item is asked again in the place of this vote, which came from somebody who has withdrawn.</summary>
    internal void Withdraw() => Surplus = true;

    /// <summary>It came with a preference set, for people who voted elsewhere.</summary>
    internal void StandFor(double? weight, int? voters) => (Weight, Voters) = (weight, voters);

    internal void StandAt(VoteCheck check) => Check = check;

    /// <summary>It was given with another vote's flags in sight.</summary>
    internal void Checks(long voteId) => ChecksId = voteId;

    /// <summary>An undo takes back what looked at the vote that it takes back, too.</summary>
    internal void FallWith(Vote undo) => SupersededBy = undo;

    internal void Release() => (Quarantine, QuarantinedAt) = (null, null);

    private void CountOut(Verdict verdict, ProjectSettings settings)
    {
        Exposed = Exposure.Of(verdict, settings);
        switch (verdict)
        {
            case FlagVerdict flags:
                var seen = flags.Tiles.Where(tile => tile.WasSeen(settings)).ToList();
                Seen = seen.Count;
                Flagged = seen.Count(tile => tile.Flags != FlagKinds.None);
                Deformed = seen.Count(tile => tile.Flags.HasFlag(FlagKinds.Deformed));
                Unsafe = seen.Count(tile => tile.Flags.HasFlag(FlagKinds.Unsafe));
                break;
            case PairVerdict pair:
                Seen = 2;
                Choice = pair.FirstWins switch { true => "first", false => "second", _ => pair.Pick == PairPick.Tie ? "tie" : "bothBad" };
                break;
            case ChoiceVerdict choice:
                Seen = 1;
                Choice = choice.Name;
                Score = settings.Choices.FirstOrDefault(c => c.Name == choice.Name)?.Value;
                break;
            case RankVerdict ranking:
                Seen = ranking.Order.Sum(tied => tied.Count);
                Score = Ranking.PairsOf(ranking);
                Exposed = settings.Blurred && ranking.Unblurred ? Seen : 0;
                break;
            case SkipVerdict skip:
                Reason = skip.Reason;
                break;
        }
    }
}

/// <summary>The numbers are stored.</summary>
public enum VoteKind { Judgement = 0, Skip = 1, Undo = 2 }

/// <summary>The numbers are stored.</summary>
public enum VoteCheck
{
    /// <summary>It counts by itself: nobody checks it, or somebody has confirmed it, or a lead has decided for it.</summary>
    Counts = 0,

    /// <summary>Nobody has checked it yet.</summary>
    Awaited = 1,

    /// <summary>The second person says something else; a lead is to decide.</summary>
    Disputed = 2,

    /// <summary>It says the same as the vote before it, and is no judgement of its own.</summary>
    Confirms = 3,
}
