using System.Globalization;
using Labeler.Shared.Exports;

namespace Labeler.Shared.Comparisons;

/// <summary>What <c>./labeler engine reproduce</c> wrote into its <c>results.csv</c>, as curves.</summary>
/// <param name="IsShare">Are the values shares from 0 to 1 (a rate), not rewards?</param>
/// <param name="Along">What the horizontal axis counts.</param>
public sealed record ReproducedRun(bool IsShare, string Along, IReadOnlyList<ReproducedCurve> Curves)
{
    /// <summary>First line of a comparison: several algorithms and seeds on one reward.</summary>
    public const string RewardHeader = "algorithm,seed,epoch,images,reward,held_out_reward,diversity,sample_seconds,train_seconds";

    /// <summary>First line of one run's rate: its <c>images</c> are those it was measured on, so the axis counts epochs.</summary>
    public const string RateHeader = "epoch,images,rate,low,high,diversity,sample_seconds,train_seconds";

    /// <summary>The same rate over the pictures that had been judged for it, which <c>labels.csv</c> holds beside it.</summary>
    public const string LabelsHeader = "epoch,labels,rate,low,high";
    public const int MostRows = 20_000;
    private const int LongestName = 60;

    /// <summary>
    /// Several files in one picture for each kind of axes: what is given one name, and is of one algorithm, is seeds of one thing, wherever
    /// it was run.
    /// </summary>
    public static IReadOnlyList<ReproducedRun> Overlay(IEnumerable<(string Name, ReproducedRun Run)> runs) =>
    [
        .. runs.GroupBy(one => (one.Run.IsShare, one.Run.Along)).Select(kind => new ReproducedRun(kind.Key.IsShare, kind.Key.Along,
        [
            .. kind.SelectMany(
                one => one.Run.Curves.Select(curve => (Name: one.Run.IsShare ? one.Name : $"{one.Name}, {curve.Name}", Curve: curve)))
                    .GroupBy(one => one.Name)
                .Select(same =>
                    new ReproducedCurve(same.Key, [.. same.SelectMany(one => one.Curve.TrainingSeeds)],
                        [.. same.SelectMany(one => one.Curve.HeldOutSeeds)]))
                .Where(curve => curve.Training.Points.Count > 0),
        ])).Where(run => run.Curves.Count > 0),
    ];

    /// <exception cref="LabelerException">It is not such a file; the line that is wrong is named.</exception>
    public static ReproducedRun Read(TextReader text)
    {
        var rows = new List<string[]>();
        var header = text.ReadLine()?.Trim().TrimStart('\uFEFF');
        LabelerException.ThrowIf(
            header is not (RewardHeader or RateHeader or LabelsHeader),
            "This is not a results.csv or labels.csv of ./labeler engine reproduce: its first line is another.");
        var columns = header.Split(',').Length;
        foreach (var cells in Csv.Read(text))
        {
            rows.Add(
                cells.Length == columns ? cells
                    : throw new LabelerException($"Line {rows.Count + 2} has {cells.Length} values; {columns} are expected."));
            LabelerException.ThrowIf(rows.Count > MostRows, $"The file has more than {MostRows:N0} rows.");
        }
        LabelerException.ThrowIf(rows.Count == 0, "The file holds no measurement yet.");
        return header == RewardHeader ? Rewards(rows) : header == LabelsHeader ? Rates(rows, 1, "labeled pictures used")
            : Rates(rows, 0, "epochs learned from");
    }

    /// <param name="used">The column of the horizontal axis.</param>
    private static ReproducedRun Rates(List<string[]> rows, int used, string along) => new(true, along,
    [
        new("rate",
            [new Curve("rate",
                [.. rows.Select(
                    (row, n) =>
                        new CurvePoint(Whole(row[0], n), Whole(row[used], n), Number(row[2], n), Number(row[3], n), Number(row[4], n)))])],
                            []),
    ]);

    private static ReproducedRun Rewards(List<string[]> rows)
    {
        var points = rows.Select((row, n) => (
            Algorithm: row[0].Trim() is { Length: > 0 and <= LongestName } name && !name.Any(char.IsControl) ? name
                : throw Wrong(row[0], n),
            Seed: Whole(row[1], n), Epoch: Whole(row[2], n), Images: Whole(row[3], n), Reward: Number(row[4], n), HeldOut: row[5].Trim()
                .Length == 0 ? (double?)null : Number(row[5], n))).ToList();
        if (points.GroupBy(p => (p.Algorithm, p.Seed, p.Epoch)).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            throw new LabelerException($"Epoch {twice.Key.Epoch} of {twice.Key.Algorithm}, seed {twice.Key.Seed}, stands there twice.");
        }
        return new(false, "pictures sampled and learned from", [.. points.GroupBy(p => p.Algorithm).Select(algorithm =>
        {
            var seeds = algorithm.GroupBy(p => p.Seed).ToList();
            var training =
                seeds.Select(
                    seed => new Curve(algorithm.Key,
                        [.. seed.OrderBy(p => p.Epoch).Select(p => new CurvePoint(p.Epoch, p.Images, p.Reward, p.Reward, p.Reward))]))
                            .ToList();
            var heldOut = seeds.Where(seed => seed.Any(p => p.HeldOut is not null))
                .Select(seed =>
                    new Curve(algorithm.Key,
                        [.. seed.Where(p => p.HeldOut is not null).OrderBy(p => p.Epoch)
                            .Select(p => new CurvePoint(p.Epoch, p.Images, p.HeldOut!.Value, p.HeldOut.Value, p.HeldOut.Value))])).ToList();
            return new ReproducedCurve(algorithm.Key, training, heldOut);
        })]);
    }

    private static int Whole(string text, int row) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw Wrong(text, row);

    private static double Number(string text, int row) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number
            : throw Wrong(text, row);

    private static LabelerException Wrong(string text, int row) =>
        new($"Line {row + 2} holds \"{(text.Length > 40 ? text[..40] : text)}\", which cannot stand there.");
}

/// <summary>One algorithm on the prompts it was trained on and, where there are such, on prompts held out.</summary>
/// <param name="HeldOutSeeds">Curves of the seeds that were measured on held-out prompts; may be none.</param>
public sealed record ReproducedCurve(string Name, IReadOnlyList<Curve> TrainingSeeds, IReadOnlyList<Curve> HeldOutSeeds)
{
    public Curve Training { get; } = Curve.Together(Name, TrainingSeeds);
    public Curve? HeldOut { get; } = HeldOutSeeds.Count == 0 ? null : Curve.Together(Name, HeldOutSeeds);
    public CurvePoint? OverOptimizedFrom => HeldOut is null ? null : OverOptimization.Begins(Training, HeldOut, Changes);

    /// <summary>How far each held-out group of each seed changed between two epochs; null where a file tells of means alone.</summary>
    public Func<int, int, IEnumerable<double>>? Changes { get; init; }
}
