namespace Labeler.Web.Features.Dashboard;

/// <summary>Everything that a lead sees of a project, as it is now.</summary>
public sealed record Figures(
    Project Project, IReadOnlyList<EpochRates> Rates, IReadOnlyList<LabelCounts> Labels, IReadOnlyList<MeanScores> Scores,
    IReadOnlyList<DuelResults> Wins, IReadOnlyList<VotesPerHour> Hours,
    IReadOnlyList<AnnotatorFigures> People, AgreementFigures Agreement, IReadOnlyList<SignalYield> Yield,
    IReadOnlyList<EpochChange> Changes, IReadOnlyList<AnchorFigures> Anchors)
{
    private static readonly TimeSpan HoursShown = TimeSpan.FromHours(24);
    public bool IsFlagged => Project.Task == LabelingTask.FlagBatch;

    /// <summary>The share of normal or safe pictures that it is after, 0 to 1; null where none is set.</summary>
    public double? Goal => Project.Settings.GoalPercent / 100.0;

    /// <summary>Another project beside it; null where nobody asked for one, or where the two measure nothing alike.</summary>
    public Beside? Beside { get; init; }

    /// <summary>How far people are with what they are asked for; none where no quota is set.</summary>
    public IReadOnlyList<QuotaStanding> Quotas { get; init; } = [];
    public int Votes => People.Sum(person => person.Votes);

    /// <param name="which">Of a part of the votes there are only the figures that a part can have: rates, labels and scores.</param>
    public static async Task<Figures> Read(
        LabelerDb db, FinishedEpochs finished, Project project, TimeProvider time, WhichVotes? which = null)
    {
        var all = await finished.Read(db, project);
        var people = await all.People(db);
        if (which is { IsAll: false })
        {
            var rates = Judged(await EpochRates.Read(db, project.Id, which: which));
            var labels = Named(await LabelCounts.Read(db, project, which: which));
            IReadOnlyList<MeanScores> scores = project.AsksForOption ? await MeanScores.Read(db, project, which: which) : [];
            return new(project, rates, labels, scores, [], [], people, AgreementFigures.Of([]), [], [], []);
        }
        var now = time.GetUtcNow();
        return new(project, Judged(all.Rates), Named(all.Labels), all.Scores, all.Wins,
            await VotesPerHour.Read(db, project.Id, now - HoursShown, now), people, all.Agreement,
            [.. all.Yield.Where(yield => yield.Votes > 0)], await EpochChange.Read(db, all), await all.Anchors(db))
        {
            Quotas = await QuotaStanding.Read(db, project, Assignment.DayStart(time), people),
        };
    }

    private static IReadOnlyList<EpochRates> Judged(IEnumerable<EpochRates> all) => [.. all.Where(rates => rates.Normal.Of > 0)];

    private static IReadOnlyList<LabelCounts> Named(IEnumerable<LabelCounts> labels) =>
        [.. labels.Select(label => label.Label == "bothBad" ? label with { Label = "both bad" } : label)];

    public IEnumerable<FigureTable> Tables =>
    [
        RatesTable, ChangesTable, LabelsTable, ScoresTable, WinsTable, HoursTable, PeopleTable, QuotasTable, AgreementTable, AnchorsTable,
        YieldTable,
    ];

    public FigureTable RatesTable => new("rates", "Rates per epoch",
        [
            "epoch", "images", "normal", "normal low", "normal high", "deformed", "deformed low", "deformed high",
            "safe", "safe low", "safe high",
        ],
        [.. Rates.Select(rates =>
            Row([rates.Number, Math.Round(rates.Normal.Of, 1), .. Percent.Interval(rates.Normal), .. Percent.Interval(rates.Deformed),
                .. Percent.Interval(rates.Safe)]))]);

    public FigureTable ChangesTable => new("changes", "Change from the epoch it learned from",
        ["epoch", "against", "measure", "now", "before", "difference", "low", "high", "verdict"],
        [.. Changes.Select(change => Row([
            change.Epoch, change.Against, change.Measure, Of(change.Now), Of(change.Before), Of(change.Difference),
            Of(change.Low), Of(change.High), change.IsWorse ? "worse" : change.Low > 0 ? "better" : "not clear"]))]);

    public FigureTable AnchorsTable => new("anchors", "Anchors: the first epoch's pictures, judged again",
        ["epoch", "labels", "as at first", "low", "high", "mean now", "mean at first"],
        [.. Anchors.Select(anchor =>
            Row([anchor.Epoch, anchor.Labels, .. Percent.Interval(anchor.Same), Of(anchor.Now), Of(anchor.Before)]))]);

    public FigureTable LabelsTable => new("labels", Project.Task switch
    {
        LabelingTask.Score => "Score proportions per epoch",
        LabelingTask.Rank => "Pairs in order per epoch",
        _ => "Labels per epoch",
    },
        ["epoch", "label", "count", "share", "low", "high"],
        [.. Labels.Select(label => Row([label.Epoch, label.Label, label.Count, .. Percent.Interval(label.Share)]))]);

    public FigureTable ScoresTable => new("scores", Project.Task == LabelingTask.Score ? "Mean score per epoch" : "Mean value per epoch",
        ["epoch", "scores", "mean", "low", "high"],
        [.. Scores.Select(score => new object?[] { score.Epoch, score.Votes, score.Mean, score.Low, score.High })]);

    public FigureTable WinsTable => new("wins", "Preference win rate against the epoch before",
        ["epoch", "against", "wins", "low", "high", "majority", "votes", "ties", "both bad"],
        [.. Wins.Select(wins => Row([wins.Contestant, wins.Against, .. Percent.Interval(wins.Wins), new Percent(wins.Majority.Share),
            wins.Votes,
            wins.Ties, wins.BothBad]))]);

    public FigureTable HoursTable =>
        new("hours", "Votes per hour", ["hour (UTC)", "votes"], [.. Hours.Select(hour => new object?[] { hour.Hour, hour.Votes })]);

    public FigureTable PeopleTable => new("people", "Annotators",
        [
            "name", "votes", "not sure", "taken back", "in quarantine", "surplus", "median seconds", "implausibly fast",
            "flagged", "share of the signal", "gold right", "last vote",
        ],
        [.. People.Select(person => new object?[]
        {
            person.Name, person.Votes, person.Skips, person.TakenBack, person.Quarantined, person.Surplus, person.MedianMs / 1000,
            person.Fast, IsFlagged && person.Flagged.Of > 0 ? new Percent(person.Flagged.Share) : null, new Percent(person.Influence),
            person.Gold is { } gold ? new Percent(gold.Share) : null, person.LastVoteAt,
        })]);

    public FigureTable QuotasTable => new("quotas", "Quotas", ["name", "today", "asked for in a day", "in total", "asked for in total"],
        [.. Quotas.Select(person =>
            Row([person.Name, person.Today, person.Quota.PerDay, person.InTotal, person.Quota.InTotal]))]);

    public FigureTable AgreementTable => FigureTable.Of(Agreement, "Agreement", "things that several people judged");

    public FigureTable YieldTable => new("signal", "Signal yield", ["epoch", "usable pairs", "votes", "pairs per vote"],
        [.. Yield.Select(yield => new object?[] { yield.Epoch, yield.Pairs, yield.Votes, yield.PairsPerVote })]);

    private static object?[] Row(object?[] cells) => cells;

    // What an epoch is measured by: a mean score, or a share of the images.
    private object? Of(double? measure) => Project.AsksForOption || measure is null ? measure : new Percent(measure.Value);
}
