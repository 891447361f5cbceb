namespace Labeler.Shared.Voting;

/// <summary>One image is better than another of the same prompt.</summary>
/// <param name="Winner">Index in the group.</param>
/// <param name="Loser">Index in its group.</param>
/// <param name="Weight">How sure the votes are, above 0 to 1; 1 when they agree.</param>
/// <param name="LoserGroup">The loser's group, where that is another than the winner's.</param>
public sealed record Preference(int Winner, int Loser, double Weight, long? LoserGroup = null);

/// <summary>One image judged alone.</summary>
/// <param name="Image">Index in the group.</param>
/// <param name="Weight">How sure the votes are, above 0 to 1; 1 when they agree.</param>
public sealed record ImageJudgement(int Image, bool Good, double Weight);

/// <summary>What the votes on one group teach.</summary>
/// <param name="Pairs">Those that its images won.</param>
/// <param name="VoteIds">The votes it follows from.</param>
public sealed record GroupPreferences(long GroupId, IReadOnlyList<Preference> Pairs, IReadOnlyList<long> VoteIds)
{
    /// <summary>Its images that were judged good or bad, where that is learned from.</summary>
    public IReadOnlyList<ImageJudgement> Judgements { get; init; } = [];
}

/// <summary>Why a vote teaches nothing.</summary>
public enum Exclusion
{
    TakenBack,
    Quarantined,

    /// <summary>Its annotator withdrew consent.</summary>
    Withdrawn,
    Surplus,
    Skipped,

    /// <summary>Its item waits for further people's votes.</summary>
    AwaitsVotes,

    /// <summary>No second person has checked it yet.</summary>
    AwaitsCheck,

    /// <summary>The second person says something else, and no lead has decided yet.</summary>
    AwaitsLead,

    /// <summary>It only confirms another person's flags, which count.</summary>
    Confirms,

    /// <summary>A gold, anchor or duel item, which measures and does not teach.</summary>
    NotForTraining,

    /// <summary>Every image of the group was judged alike, or the pair is a tie.</summary>
    NoDifference,

    /// <summary>People disagree, without a majority.</summary>
    Disagreement,

    /// <summary>Nothing of the item was really seen.</summary>
    NotSeen,
}

public sealed record ExcludedVote(long VoteId, Guid AnnotatorId, Exclusion Why);
