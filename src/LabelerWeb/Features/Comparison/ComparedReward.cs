namespace Labeler.Web.Features.Comparison;

/// <summary>What one reward says along the epochs of some projects. Runs that are given one name are seeds of one thing.</summary>
public sealed record ComparedReward(Reward Reward, ReproducedRun Run)
{
    public static readonly string Along = Texts.Key("pictures learned from");

    public static ComparedReward Of(Reward reward, IEnumerable<(string Name, RewardCurve Curve)> runs) => new(reward, new(false, Along,
    [
        .. runs.Where(run => run.Curve.Trained.Points.Count > 0).GroupBy(run => run.Name).Select(seeds => new ReproducedCurve(seeds.Key,
            [.. seeds.Select(seed => seed.Curve.Trained)],
            [.. seeds.Select(seed => seed.Curve.HeldOut).OfType<Curve>().Where(curve => curve.Points.Count > 0)])
        {
            Changes = (from, to) => seeds.SelectMany(seed => seed.Curve.Changes(from, to)),
        }),
    ]));

    /// <summary>A figure for each reward that has scored more than one of the runs, or the only one.</summary>
    public static async Task<IReadOnlyList<ComparedReward>> Read(LabelerDb db, IReadOnlyList<(string Name, Project Project)> runs,
        CancellationToken cancel)
    {
        var curves = new List<(string Name, RewardCurve Curve)>();
        foreach (var (name, project) in runs)
        {
            curves.AddRange((await RewardCurves.Read(db, project, cancel)).Select(curve => (name, curve)));
        }
        return
        [
            .. curves.GroupBy(run => run.Curve.Reward.Id).Where(scored => scored.Count() > 1 || runs.Count == 1)
                .Select(scored => Of(scored.First().Curve.Reward, scored)).Where(reward => reward.Run.Curves.Count > 0)
                .OrderBy(reward => reward.Reward.Name),
        ];
    }

    public string Title => Reward.Kind.IsArtificialJudge() ? Texts.Say($"{Reward.Name}, judged by a model and not by people") : Reward.Name;

    public FigureTable Table => CurveTable.Of($"{Reward.Id}", Title, Run);
}
