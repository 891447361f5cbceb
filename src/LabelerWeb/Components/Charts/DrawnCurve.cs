namespace Labeler.Web.Components.Charts;

/// <param name="Dashed">What a dashed curve is, beside the one that has its name; null for a whole line.</param>
/// <param name="Marked">A point to be marked, as where over-optimization begins.</param>
public sealed record DrawnCurve(Curve Curve, int Color, string? Dashed = null, CurvePoint? Marked = null)
{
    private const int Colors = 6;
    public string Style => $"color: var(--series-{Color % Colors + 1})";

    /// <summary>More curves than colors are told apart by their dots, which are then hollow.</summary>
    public bool Hollow => Color / Colors % 2 == 1;

    public static DrawnCurve[] All(IEnumerable<Curve> curves) => [.. curves.Select((curve, n) => new DrawnCurve(curve, n))];

    /// <summary>Curves of the engine: held-out prompts dashed beside the trained ones, marked where over-optimization begins.</summary>
    public static DrawnCurve[] All(ReproducedRun run) =>
    [
        .. run.Curves.SelectMany((curve, n) => Pair(curve.Training, curve.HeldOut, curve.OverOptimizedFrom, n)),
    ];

    /// <summary>A curve on trained prompts and, dashed, the one on held-out prompts where there is one.</summary>
    /// <param name="from">Where over-optimization begins; null for nowhere.</param>
    public static DrawnCurve[] Pair(Curve trained, Curve? heldOut, CurvePoint? from, int color = 0) => heldOut is { Points.Count: > 0 }
        ? [new(trained, color), new(heldOut, color, Dashed: Texts.Say($"held out"),
            Marked: heldOut.Points.FirstOrDefault(point => point.Epoch == from?.Epoch))]
        : [new(trained, color)];
}
