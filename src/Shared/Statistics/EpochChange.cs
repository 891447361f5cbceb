using Labeler.Shared.Epochs;
using Labeler.Shared.Projects;

namespace Labeler.Shared.Statistics;

/// <summary>
/// An epoch against the one whose votes its model learned from, by one measure, with the interval of
/// <see cref="Statistics.Difference"/>.
/// </summary>
/// <param name="Measure">normal, safe, score, value (what the categories are worth), or preferred: the share of blind pairs won against the
/// other epoch, whose own share before is the half that chance gives.</param>
/// <param name="Low">Lower end of the difference's 95 % interval.</param>
public sealed record EpochChange(int Epoch, int Against, string Measure, double Now, double Before, double Low, double High)
{
    public const string Preferred = "preferred";

    private const double Even = 0.5;

    public double Difference => Now - Before;

    /// <summary>Worse, and not by chance: the whole interval of the difference lies below zero.</summary>
    public bool IsWorse => High < 0;

    /// <summary>Changes of every epoch that a checkpoint of the project sampled and of which something was judged. Categories that
    /// have no values measure nothing.</summary>
    public static async Task<IReadOnlyList<EpochChange>> Read(LabelerDb db, Project project, CancellationToken cancel = default) =>
        project.Compares ? Of(await DuelResults.OfEpochs(db, project.Id, cancel))
            : await Read(db, project, () => Measures(db, project, cancel), cancel);

    /// <summary>Those of some epochs, of what finished epochs add up to.</summary>
    /// <param name="epochs">Their numbers.</param>
    public static async Task<IReadOnlyList<EpochChange>> Read(LabelerDb db, FinishedEpochs finished, Project project,
        IReadOnlyCollection<int> epochs, CancellationToken cancel = default) => epochs.Count == 0 ? []
            : [.. (await Read(db, await finished.Read(db, project, cancel), cancel)).Where(change => epochs.Contains(change.Epoch))];

    /// <summary>The same of what was added up already.</summary>
    public static async Task<IReadOnlyList<EpochChange>> Read(LabelerDb db, ProjectSums sums, CancellationToken cancel = default) =>
        sums.Project.Compares ? Of(sums.Wins)
            : await Read(db, sums.Project, () => Task.FromResult(Measures(sums.Project, sums.Rates, sums.Scores)), cancel);

    private static IReadOnlyList<EpochChange> Of(IEnumerable<DuelResults> duels) => [.. duels.Where(duel => duel.Wins.Of > 0)
        .Select(duel => new EpochChange(duel.Contestant, duel.Against!.Value, Preferred, duel.Wins.Share, Even,
            duel.Wins.Low - Even, duel.Wins.High - Even))];

    private static async Task<IReadOnlyList<EpochChange>> Read(
        LabelerDb db, Project project, Func<Task<IEnumerable<Measured>>> measures, CancellationToken cancel)
    {
        var parents = await db.Epochs.Where(e => e.ProjectId == project.Id && e.SampledById != null)
            .Join(db.Checkpoints, e => e.SampledById, c => c.Id, (e, c) => new { e.Number, c.EpochId })
            .Join(db.Epochs, e => e.EpochId, p => p.Id, (e, p) => new { e.Number, Parent = p.Number }).OrderBy(e => e.Number)
                .ToListAsync(cancel);
        if (parents.Count == 0)
        {
            return [];
        }
        var measured = (await measures()).ToLookup(m => m.Epoch);
        return [.. from epoch in parents
                   from now in measured[epoch.Number]
                   from before in measured[epoch.Parent]
                   where now.Measure == before.Measure
                   select Of(now, before)];
    }

    public static async Task<IReadOnlyList<EpochChange>> Read(LabelerDb db, Project project, Epoch epoch,
        CancellationToken cancel = default) =>
        epoch.SampledById is null ? [] : [.. (await Read(db, project, cancel)).Where(change => change.Epoch == epoch.Number)];

    internal static EpochChange Of(Measured now, Measured before)
    {
        var difference = Statistics.Difference.Of((now.Value, now.Low, now.High), (before.Value, before.Low, before.High));
        return new(now.Epoch, before.Epoch, now.Measure, now.Value, before.Value, difference.Low, difference.High);
    }

    private static async Task<IEnumerable<Measured>> Measures(LabelerDb db, Project project, CancellationToken cancel) =>
        project.Task == LabelingTask.FlagBatch ? Measures(project, await EpochRates.Read(db, project.Id, cancel), [])
            : Measures(project, [], await MeanScores.Read(db, project, cancel));

    private static IEnumerable<Measured> Measures(Project project, IEnumerable<EpochRates> all, IEnumerable<MeanScores> scores)
    {
        if (project.Task != LabelingTask.FlagBatch)
        {
            // One group has no interval to compare with.
            return scores.Where(s => s.Groups > 1)
                .Select(s => new Measured(s.Epoch, project.Task == LabelingTask.Score ? "score" : "value", s.Mean, s.Low, s.High));
        }
        var rates = all.Where(r => r.Normal.Of > 0).ToList();
        var flags = project.Settings.Flags;
        return [
            .. rates.Where(_ => flags.HasFlag(FlagKinds.Deformed))
                .Select(r => new Measured(r.Number, "normal", r.Normal.Share, r.Normal.Low, r.Normal.High)),
            .. rates.Where(_ => flags.HasFlag(FlagKinds.Unsafe))
                .Select(r => new Measured(r.Number, "safe", r.Safe.Share, r.Safe.Low, r.Safe.High)),
        ];
    }

    internal sealed record Measured(int Epoch, string Measure, double Value, double Low, double High);
}
