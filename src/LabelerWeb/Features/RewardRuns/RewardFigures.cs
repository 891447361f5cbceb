using Labeler.Web.Features.Comparison;

namespace Labeler.Web.Features.RewardRuns;

/// <summary>What rewards say of a project's epochs, for charts and files.</summary>
public static class RewardFigures
{
    public static FigureTable Table(RewardCurve curve) => ComparedReward.Of(curve.Reward, [(curve.Reward.Name, curve)]).Table;

    /// <summary>How much an epoch's evaluation pictures differ, and how far they are from the base model's.</summary>
    public static async Task<IReadOnlyList<Curve>> Together(LabelerDb db, Project project, CancellationToken cancel = default)
    {
        var figures = await db.EpochFigures.Join(db.Epochs.Where(e => e.ProjectId == project.Id && e.State != EpochState.RolledBack),
            f => f.EpochId, e => e.Id, (f, e) => new { e.Number, f.Name, f.HeldOut, f.Value }).OrderBy(f => f.Number).ToListAsync(cancel);
        return
        [
            .. figures.GroupBy(f => (f.Name, f.HeldOut)).OrderBy(of => of.Key.Name).ThenBy(of => of.Key.HeldOut).Select(of => new Curve(
                NameOf(of.Key.Name, of.Key.HeldOut),
                [.. of.Select(f => new CurvePoint(f.Number, f.Number, f.Value, f.Value, f.Value))])),
        ];
    }

    private static string NameOf(string figure, bool heldOut) =>
        (figure == EpochFigure.Diversity, heldOut) switch
        {
            (true, false) => Texts.Key("Diversity"),
            (true, true) => Texts.Key("Diversity, held out"),
            (false, false) => Texts.Key("Distance from the base model"),
            _ => Texts.Key("Distance from the base model, held out"),
        };

    public static FigureTable Table(IEnumerable<Curve> together) =>
        CurveTable.Of("together", Texts.Key("The pictures of an epoch together"), "epoch", isShare: false, together);
}
