namespace Labeler.Web.Features.Evaluations;

public sealed record EvaluationFigures(EvaluationLine Line, IReadOnlyList<RubricResults> Rubric, IReadOnlyList<DuelResults> Duels,
    AgreementFigures Agreement)
{
    public static async Task<EvaluationFigures?> Read(LabelerDb db, string slug, CancellationToken cancel = default)
    {
        if (await EvaluationLine.Find(db, slug, cancel) is not { } line)
        {
            return null;
        }
        var isRubric = line.Evaluation.Plan.Kind == EvaluationKind.Rubric;
        return new(
            line, isRubric ? await RubricResults.Read(db, line.Evaluation, cancel) : [],
            isRubric ? [] : await DuelResults.Read(db, line.Evaluation, cancel),
            await AgreementFigures.Read(db, line.Project, null, cancel));
    }

    public IEnumerable<FigureTable> Tables => [RubricTable, StepsTable, WinsTable, MeetingsTable, AgreementTable];

    public string Name(int contestant) => Line.Evaluation.Plan.Contestants[contestant].Name;

    public IEnumerable<DuelResults> Overall => Duels.Where(duel => duel.Against is null);
    public IReadOnlyList<RubricCurve> Runs { get; } = RubricCurve.Of(Line.Evaluation.Plan, Rubric);

    public FigureTable StepsTable => new("steps", "Scores over training steps",
        ["training", "step", .. ScoreHeaders],
        [.. Runs.SelectMany(run => run.Steps.Select(step => Row([run.Name, step.Step, .. Scores(step.Results)])))]);

    public FigureTable RubricTable => new("scores", "Scores",
        ["checkpoint", .. ScoreHeaders],
        [.. Rubric.Select(result => Row([result.Name, .. Scores(result)]))]);

    public FigureTable WinsTable => new("wins", "Share of wins against all others", WinHeaders("checkpoint"),
        [.. Overall.Select(duel => Row([Name(duel.Contestant), .. Cells(duel)]))]);

    public FigureTable MeetingsTable => new("meetings", "Each against each", WinHeaders("checkpoint", "against"),
        [.. Duels.Where(duel => duel.Against is not null)
            .Select(duel => Row([Name(duel.Contestant), Name(duel.Against!.Value), .. Cells(duel)]))]);

    public FigureTable AgreementTable => FigureTable.Of(Agreement, "Agreement among raters", "questions that several people judged");

    private IEnumerable<string> ScoreHeaders =>
        ["seeds", "pictures", "votes", "mean", "low", "high", .. Line.Project.Settings.Choices.Select(choice => $"share of {choice.Name}")];

    private static object?[] Scores(RubricResults result) =>
        [result.IsFixed ? "fixed" : "random", result.Pictures, result.Votes, result.Mean, result.Low, result.High,
            .. result.Shares.Select(share => (object)new Percent(share.Share.Share))];

    private static string[] WinHeaders(params string[] first) =>
        [.. first, "votes", "wins", "low", "high", "won by more than half of the raters", "low", "high", "ties", "both bad"];

    private static object?[] Cells(DuelResults duel) =>
        [duel.Votes, .. Percent.Interval(duel.Wins), .. Percent.Interval(duel.Majority), duel.Ties, duel.BothBad];

    private static object?[] Row(object?[] cells) => cells;
}
