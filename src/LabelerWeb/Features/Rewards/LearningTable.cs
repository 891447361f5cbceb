namespace Labeler.Web.Features.Rewards;

/// <summary>How a reward's accuracy grew with the pairs it learned from, for the chart and its file.</summary>
public static class LearningTable
{
    public const string Along = "pairs learned from";

    public static Curve CurveOf(LearningFigures figures) => new("right about held-out pairs",
        [.. figures.Curve.Select((point, n) => (point.Right.Share, point.Pairs, n)).Select(point =>
            new CurvePoint(point.n, point.Pairs, point.Share.Share, point.Share.Low, point.Share.High))]);

    /// <summary>The model itself is the last of those that learned; behind them stands what was measured on held-out prompts.</summary>
    public static FigureTable Of(RewardLine line) => new(
        $"{line.Reward.Id}/learning", $"{line.Project.Name}: accuracy over the votes",
        ["measured on", "groups learned from", Along, "right", "of", "share", "low", "high"],
        [
            .. line.Figures!.Curve.Select(point => Row("held-out groups", point.Groups, point.Pairs, point.Right)),
            .. line.Figures.NewPrompts is { } prompts ? new[] { Row("held-out prompts", null, null, prompts) } : [],
        ]);

    private static object?[] Row(string on, int? groups, int? pairs, CountedPairs right) =>
    [
        on, groups, pairs, right.Right, right.Of, new Percent(right.Share.Share), new Percent(right.Share.Low),
        new Percent(right.Share.High),
    ];
}
