using System.Globalization;
using System.Numerics;
using Labeler.Shared.Imaging;
using Labeler.Shared.Statistics;
using Labeler.TrainingEngine.MirrorWorld.Drawing;

namespace Labeler.TrainingEngine.Experiments.Duels;

/// <summary>Two bars for each checkpoint with their 95 % intervals: votes won, and meetings won by more than half of the raters (D3PO,
/// figure 7).</summary>
internal static class DuelChart
{
    private const int Size = 640;
    private const float Left = 11, Right = 125, Top = 22, Bottom = 116;
    private static readonly (string Name, Rgb Colour, Func<DuelResults, Proportion> Of)[] Bars =
    [
        ("votes won, a tie half", new Rgb(120, 170, 220), duel => duel.Wins),
        ("meetings won by more than half of the raters", new Rgb(240, 165, 105), duel => duel.Majority),
    ];

    /// <param name="title">Above all.</param>
    /// <param name="names">Of the checkpoints, in the order of their numbers.</param>
    /// <param name="results">Those against all are drawn.</param>
    public static Picture Draw(string title, IReadOnlyList<string> names, IReadOnlyList<DuelResults> results)
    {
        var chart = new Chart(Size);
        static float Height(double share) => Bottom - ((Bottom - Top) * (float)share);
        for (int tenth = 0; tenth <= 10; tenth++)
        {
            chart.Line(new(Left, Height(tenth / 10.0)), new(Right, Height(tenth / 10.0)), 0.15f, Chart.Grid);
            chart.Write((10 * tenth).ToString(CultureInfo.InvariantCulture), new(Left - 2, Height(tenth / 10.0) - 1.6f), 40, Align.Right);
        }

        chart.Write(title, new(Left, 2), 560);
        float legend = Left;
        foreach (var (name, colour, _) in Bars)
        {
            chart.Bar(legend, 10, legend + 3, 13, colour);
            chart.Write(name + ", %", new(legend + 4.5f, 9.6f), 340);
            legend += 38;
        }

        DuelResults[] all = [.. results.Where(one => one.Against is null)];
        float room = (Right - Left) / all.Length, width = room * 0.34f;
        for (int place = 0; place < all.Length; place++)
        {
            float middle = Left + (room * (place + 0.5f));
            for (int bar = 0; bar < Bars.Length; bar++)
            {
                Paint(chart, Bars[bar].Of(all[place]), middle + (width * (bar - 1)) + (0.5f * bar), width, Bars[bar].Colour, Height);
            }

            chart.Write(names[all[place].Contestant], new(middle, Bottom + 2.5f), (int)(room * Size / Canvas.Units), Align.Middle);
        }

        return chart.ToPicture();
    }

    private static void Paint(Chart chart, Proportion share, float left, float width, Rgb colour, Func<double, float> height)
    {
        float middle = left + (width / 2);
        chart.Bar(left, height(share.Share), left + width, Bottom, colour);
        chart.Line(new(middle, height(share.Low)), new(middle, height(share.High)), 0.2f, Chart.Ink);
        foreach (double end in new[] { share.Low, share.High })
        {
            chart.Line(new(middle - 1.2f, height(end)), new(middle + 1.2f, height(end)), 0.2f, Chart.Ink);
        }

        // Above the whisker, where no other bar or word can be.
        chart.Write((100 * share.Share).ToString("0.0", CultureInfo.InvariantCulture), new Vector2(middle, height(share.High) - 4.2f), 60,
            Align.Middle);
    }
}
