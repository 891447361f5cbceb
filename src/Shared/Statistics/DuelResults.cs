using Labeler.Shared.Evaluations;

namespace Labeler.Shared.Statistics;

/// <summary>How one checkpoint (or epoch) fared in duels against another, or against all (D3PO, figure 7 and table 1).</summary>
/// <param name="Against">The other's place in the plan; null for all of them together.</param>
/// <param name="Wins">Share of votes for it, a tie counting half for each; both bad counts for neither. The 95 % interval is over
/// pictures (<see cref="Cluster"/>).</param>
/// <param name="Majority">Share of pairs in which more than half of the raters preferred it.</param>
/// <param name="Votes">Judgements, ties and both bad included.</param>
public sealed record DuelResults(int Contestant, int? Against, Proportion Wins, Proportion Majority, int Votes, int Ties, int BothBad)
{
    /// <summary>Every checkpoint's that met another: against each, from both sides, and against all.</summary>
    public static async Task<IReadOnlyList<DuelResults>> Read(LabelerDb db, Evaluation evaluation, CancellationToken cancel = default) =>
        Of(await DuelMeeting.OfEvaluation(db, evaluation, cancel));

    /// <summary>Every epoch's of a pair project whose evaluation pictures met those of the epoch that its model learned from, against that
    /// one. Contestants are epochs' numbers.</summary>
    /// <param name="which">Null for all votes.</param>
    public static async Task<IReadOnlyList<DuelResults>> OfEpochs(
        LabelerDb db, long projectId, CancellationToken cancel = default, WhichVotes? which = null) =>
        [.. Of(await DuelMeeting.OfEpochs(db, projectId, cancel, which)).Where(result => result.Against < result.Contestant)];

    /// <summary>Everybody's who takes part in a meeting: against all, then against each.</summary>
    public static IReadOnlyList<DuelResults> Of(IEnumerable<DuelMeeting> meetings)
    {
        var sides = meetings.SelectMany((m, number) => new[]
        {
            new Side(m.Picture ?? -1L - number, m.First, m.Second, m.ForFirst, m.ForSecond, m.Ties, m.BothBad),
            new Side(m.Picture ?? -1L - number, m.Second, m.First, m.ForSecond, m.ForFirst, m.Ties, m.BothBad),
        }).ToList();
        return
        [
            .. sides.GroupBy(s => s.Contestant).OrderBy(g => g.Key).Select(g => Of(g.Key, null, [.. g])),
            .. sides.GroupBy(s => (s.Contestant, s.Against)).OrderBy(g => g.Key).Select(g => Of(g.Key.Contestant, g.Key.Against, [.. g])),
        ];
    }

    private static DuelResults Of(int contestant, int? against, IReadOnlyList<Side> sides)
    {
        // A picture that met several is one picture.
        var pictures = sides.GroupBy(s => s.Picture).Select(picture => picture.ToList()).ToList();
        return new(
            contestant, against,
            Cluster.Share(pictures.Select(met => new Cluster(
                met.Sum(s => s.For + s.Ties / 2.0), met.Sum(s => s.Decided), met.Count(s => s.Decided > 0), met.Sum(s => s.Decided)))),
            Cluster.Share(pictures.Select(met => new Cluster(met.Count(s => 2 * s.For > s.Votes), met.Count, met.Count, met.Count))),
            sides.Sum(s => s.Votes), sides.Sum(s => s.Ties), sides.Sum(s => s.BothBad));
    }

    private sealed record Side(long Picture, int Contestant, int Against, int For, int Other, int Ties, int BothBad)
    {
        public int Decided => For + Other + Ties;

        public int Votes => For + Other + Ties + BothBad;
    }
}
