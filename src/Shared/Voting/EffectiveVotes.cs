namespace Labeler.Shared.Voting;

/// <summary>Which votes count in figures.</summary>
public static class EffectiveVotes
{
    /// <summary>Judgements that stand: not taken back, not in quarantine, not surplus, and where a second person checks,
    /// checked.</summary>
    public static IQueryable<Vote> Effective(this IQueryable<Vote> votes) =>
        votes.Where(v => v.Kind == VoteKind.Judgement && v.SupersededById == null && v.Quarantine == null && !v.Surplus
            && v.Check == VoteCheck.Counts);
}
