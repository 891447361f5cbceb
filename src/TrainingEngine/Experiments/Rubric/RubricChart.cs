using System.Globalization;
using System.Numerics;
using Labeler.Shared.Imaging;
using Labeler.TrainingEngine.MirrorWorld.Drawing;

namespace Labeler.TrainingEngine.Experiments.Rubric;

/// <summary>
/// One label's checkpoints over training steps (mirror report, figure 6): above, the proportions of the scores on top of each
/// other; below, the mean with its 95 % interval; fixed seeds on the left, random ones on the right.
/// </summary>
internal static class RubricChart
{
    private const int Size = 760;
    private const float Wide = 52, MostScore = 10, LeastShown = 0.06f;
    private static readonly (float Top, float Bottom) Bars = (21, 71), Means = (83, 119);
    private static readonly Rgb[] Colours =
        [new(214, 120, 120), new(236, 176, 128), new(243, 224, 148), new(160, 200, 232), new(130, 200, 140)];

    /// <param name="title">Above all.</param>
    /// <param name="checkpoints">In the order of their steps; both kinds of seeds.</param>
    public static Picture Draw(string title, IReadOnlyList<ScoredCheckpoint> checkpoints)
    {
        var chart = new Chart(Size);
        chart.Write(title, new(8, 2), 700);
        for (int score = 0; score < Colours.Length; score++)
        {
            chart.Bar(8 + (20 * score), 8, 11 + (20 * score), 11, Colours[score]);
            chart.Write($"score {ScoredCheckpoint.Scale[score].Name}", new(12.5f + (20 * score), 8.3f), 90);
        }

        foreach (var (isFixed, left) in new[] { (true, 8f), (false, 74f) })
        {
            ScoredCheckpoint[] own = [.. checkpoints.Where(one => one.Results.IsFixed == isFixed)];
            chart.Write($"{ScoredCheckpoint.Seeds(isFixed)} seeds: share of pictures, %", new(left, 15.5f), 300);
            chart.Write($"{ScoredCheckpoint.Seeds(isFixed)} seeds: mean score", new(left, 77.5f), 300);
            Proportions(chart, own, left);
            Mean(chart, own, left);
        }

        return chart.ToPicture();
    }

    private static void Proportions(Chart chart, ScoredCheckpoint[] checkpoints, float left)
    {
        float Height(double share) => Bars.Bottom - ((Bars.Bottom - Bars.Top) * (float)share);
        foreach (double share in new[] { 0, 0.25, 0.5, 0.75, 1 })
        {
            chart.Line(new(left, Height(share)), new(left + Wide, Height(share)), 0.15f, Chart.Grid);
            chart.Write($"{100 * share:0}", new(left - 1.2f, Height(share) - 1.4f), 40, Align.Right);
        }

        for (int place = 0; place < checkpoints.Length; place++)
        {
            var (middle, room) = Column(checkpoints.Length, place, left);
            double below = 0;
            for (int score = 0; score < Colours.Length; score++)
            {
                double share = checkpoints[place].Results.Shares[score].Share.Share;
                chart.Bar(middle - (0.38f * room), Height(below + share), middle + (0.38f * room), Height(below), Colours[score]);
                if (share >= LeastShown)
                {
                    chart.Write($"{100 * share:0}", new(middle, Height(below + (share / 2)) - 1.4f), 40, Align.Middle);
                }

                below += share;
            }

            Step(chart, checkpoints[place], middle, Bars.Bottom);
        }
    }

    private static void Mean(Chart chart, ScoredCheckpoint[] checkpoints, float left)
    {
        float Height(double score) => Means.Bottom - ((Means.Bottom - Means.Top) * (float)score / MostScore);
        foreach (double score in new[] { 0, 2, 4, 6, 8, 10 })
        {
            chart.Line(new(left, Height(score)), new(left + Wide, Height(score)), 0.15f, Chart.Grid);
            chart.Write($"{score:0}", new(left - 1.2f, Height(score) - 1.4f), 40, Align.Right);
        }

        Vector2? before = null;
        for (int place = 0; place < checkpoints.Length; place++)
        {
            var (middle, _) = Column(checkpoints.Length, place, left);
            var (results, at) = (checkpoints[place].Results, new Vector2(middle, Height(checkpoints[place].Results.Mean)));
            chart.Line(new(middle, Height(results.Low)), new(middle, Height(results.High)), 0.5f, Chart.Colours[0], 0.45f);
            if (before is { } last)
            {
                chart.Line(last, at, 0.25f, Chart.Colours[0]);
            }

            chart.Dot(at, 0.8f, Chart.Colours[0]);
            // Below the interval, or above where the scale ends.
            bool low = Height(results.Low) + 4.5f > Means.Bottom;
            chart.Write(results.Mean.ToString("0.00", CultureInfo.InvariantCulture),
                new(middle, low ? Height(results.High) - 4.2f : Height(results.Low) + 1), 50, Align.Middle);
            Step(chart, checkpoints[place], middle, Means.Bottom);
            before = at;
        }
    }

    private static (float Middle, float Room) Column(int count, int place, float left) =>
        (left + (Wide * (place + 0.5f) / count), Wide / count);

    private static void Step(Chart chart, ScoredCheckpoint one, float middle, float bottom) =>
        chart.Write(one.Step == 0 ? "base" : one.Step.ToString(CultureInfo.InvariantCulture), new(middle, bottom + 1.5f), 60, Align.Middle);
}
