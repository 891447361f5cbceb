using Labeler.Shared.Projects;
using Labeler.Shared.Voting;

namespace Labeler.Shared.Statistics;

/// <summary>Agreement on what several people judged independently; who saw another's flags to check them did not. For flags the unit is
/// an image, for rankings two images of the group, otherwise the item.</summary>
/// <param name="Units">Things with at least two labels.</param>
/// <param name="Cohen">Mean over all pairs of people who share a unit, weighted by what they share.</param>
/// <param name="Fleiss">NaN unless every unit has the same number of labels.</param>
/// <param name="Krippendorff">Ordinal for scores and for two images of a ranking (a tie lies between), nominal otherwise.</param>
public sealed record AgreementFigures(int Units, int Raters, double Percent, double Cohen, double Fleiss, double Krippendorff)
{
    /// <summary>Every verdict is read: of a project with more judgements only the newest epochs are looked at, which have no
    /// more.</summary>
    public const int MostVotes = 10_000;

    /// <summary>The number of the first epoch that was looked at; null where it was all of them.</summary>
    public int? Since { get; init; }

    /// <param name="epochId">Null for the whole project; see <see cref="MostVotes"/>.</param>
    public static async Task<AgreementFigures> Read(
        LabelerDb db, Project project, long? epochId, CancellationToken cancel = default, int most = MostVotes)
    {
        var (first, number) = epochId is null ? await Newest(db, project.Id, most, cancel) : (epochId.Value, null);
        var ratings = await Ratings(
            db, project, db.Votes.Where(v => v.EpochId >= first && (epochId == null || v.EpochId == epochId)), cancel);
        return Of([.. ratings.SelectMany(epoch => epoch)]) with { Since = number };
    }

    /// <summary>What was said of things that several people judged, by the number of the epoch in the database.</summary>
    internal static async Task<ILookup<long, Rating>> Ratings(
        LabelerDb db, Project project, IQueryable<Vote> which, CancellationToken cancel)
    {
        var votes = await which.AsNoTracking()
            .Where(v =>
                v.ProjectId == project.Id
                    && v.Kind == VoteKind.Judgement && v.SupersededById == null && v.Quarantine == null && v.ChecksId == null)
            .Where(v =>
                db.Votes.Count(
                    o => o.ItemId == v.ItemId && o.Kind == VoteKind.Judgement && o.SupersededById == null && o.Quarantine == null
                        && o.ChecksId == null) > 1)
            .ToListAsync(cancel);
        return votes.SelectMany(v => Labels(v, project).Select(rating => (v.EpochId, Rating: rating)))
            .ToLookup(of => of.EpochId, of => of.Rating);
    }

    // The newest always, however large it is.
    private static async Task<(long First, int? Number)> Newest(LabelerDb db, long projectId, int most, CancellationToken cancel)
    {
        var epochs = await db.Epochs.Where(e => e.ProjectId == projectId).OrderByDescending(e => e.Number).Select(e => new
        {
            e.Id,
            e.Number,
            Votes = db.Votes.Count(v => v.EpochId == e.Id && v.Kind == VoteKind.Judgement),
        }).ToListAsync(cancel);
        var (within, isAll) = Newest(epochs, e => e.Votes, most);
        return isAll ? (0, null) : (within[^1].Id, within[^1].Number);
    }

    /// <summary>The newest epochs that have no more judgements than so many, but one at least.</summary>
    /// <param name="epochs">The newest first.</param>
    internal static (IReadOnlyList<T> Within, bool IsAll) Newest<T>(IEnumerable<T> epochs, Func<T, int> votes, int most = MostVotes)
    {
        var (judged, sum) = (epochs.Where(e => votes(e) > 0).ToList(), 0);
        var within = judged.TakeWhile((e, n) => (sum += votes(e)) <= most || n == 0).ToList();
        return (within, within.Count == judged.Count);
    }

    public static AgreementFigures Of(IReadOnlyCollection<Rating> ratings)
    {
        var units = ratings.GroupBy(r => r.Unit).Where(u => u.Count() > 1).Select(u => u.OrderBy(r => r.Rater).ToList()).ToList();
        var labels = units.Select(IReadOnlyList<string> (u) => [.. u.Select(r => r.Label)]).ToList();
        var isOrdinal = units.Count > 0 && units.All(u => u.All(r => r.Value is not null));
        var pairs = from unit in units
                    from a in unit
                    from b in unit
                    where a.Rater.CompareTo(b.Rater) < 0
                    group (a.Label, b.Label) by (a.Rater, b.Rater);
        var kappas = pairs.Select(p => (Kappa: Agreement.Cohen([.. p]), Weight: p.Count())).Where(k => !double.IsNaN(k.Kappa)).ToList();
        var cohen = kappas.Count == 0 ? double.NaN : kappas.Sum(k => k.Kappa * k.Weight) / kappas.Sum(k => k.Weight);
        return new(units.Count, units.SelectMany(u => u).DistinctBy(r => r.Rater).Count(), Agreement.Percent(labels), cohen,
            Agreement.Fleiss(labels), isOrdinal
                ? Agreement.KrippendorffOrdinal(units.Select(IReadOnlyList<double> (u) => [.. u.Select(r => r.Value!.Value)]))
                : Agreement.Krippendorff(labels));
    }

    private static Rating OfDuel(Vote vote, int better) => new((vote.ItemId, 0), vote.AnnotatorId, $"{better}", better);

    private static IEnumerable<Rating> Labels(Vote vote, Project project) => vote.Verdict switch
    {
        FlagVerdict flags => flags.Tiles.Where(t => t.WasSeen(project.Settings))
            .Select(t => new Rating((vote.ItemId, t.Index), vote.AnnotatorId, t.Flags.ToString())),
        RankVerdict ranking => Ranking.Comparisons(ranking)
            .Select((two, n) => new Rating((vote.ItemId, n), vote.AnnotatorId, $"{two.Better}", two.Better)),
        PairVerdict duel when project.Task == LabelingTask.Rank => [OfDuel(vote, duel.FirstWins switch { true => 1, false => -1, _ => 0 })],
        _ => [new Rating((vote.ItemId, 0), vote.AnnotatorId, vote.Choice ?? "",
            project.Task == LabelingTask.Score ? vote.Score : null)],
    };
}

/// <summary>One person's label of one thing: an item, and within it an image.</summary>
/// <param name="Value">Where labels have an order; null where they have none.</param>
public readonly record struct Rating((long Item, int Image) Unit, Guid Rater, string Label, double? Value = null);
