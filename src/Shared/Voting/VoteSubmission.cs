namespace Labeler.Shared.Voting;

/// <summary>A vote as it is sent.</summary>
/// <param name="Key">Made once by the sender; sending again with the same key is harmless.</param>
/// <param name="DurationMs">Time from the item's first sight to the commit.</param>
/// <param name="ClientTime">The sender's clock, kept but never trusted.</param>
public sealed record VoteSubmission(Guid Key, long ItemId, Guid AnnotatorId, Verdict Verdict, int DurationMs, DateTimeOffset? ClientTime);

/// <summary>What became of a vote. Everything but Refused means: it is durably stored, exactly once.</summary>
/// <param name="Reason">Why it was refused, one line that the person reads.</param>
public sealed record VoteResult(Outcome Outcome, long? VoteId, string? Reason = null)
{
    internal static VoteResult Refuse(string reason) => new(Outcome.Refused, null, reason);
}

public enum Outcome
{
    Accepted,
    Duplicate,

    /// <summary>Kept, but the item had its votes or its epoch was closed.</summary>
    Surplus,
    Refused,
}
