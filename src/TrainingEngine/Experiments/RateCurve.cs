using System.Globalization;
using System.Numerics;
using Labeler.Shared.Imaging;
using Labeler.TrainingEngine.MirrorWorld.Drawing;

namespace Labeler.TrainingEngine.Experiments;

/// <summary>The rate over epochs as a picture: points joined by a line, 95 % intervals as bars, 0 to 100 % upwards.</summary>
public static class RateCurve
{
    private const int Size = 512;
    private const float Left = 13, Right = 122, Top = 12, Bottom = 116;
    private static readonly Rgb Line = Chart.Colours[0], Interval = new(140, 180, 216);

    /// <summary>Draws a curve.</summary>
    /// <param name="good">What the rate is the share of.</param>
    /// <param name="rows">From epoch 0 on.</param>
    public static Picture Draw(string good, IReadOnlyList<EpochRow> rows)
    {
        var chart = new Chart(Size);
        int last = Math.Max(1, rows[^1].Epoch);
        Vector2 At(int epoch, double rate) => new(Left + ((Right - Left) * epoch / last), Bottom - ((Bottom - Top) * (float)rate));
        for (int tenth = 0; tenth <= 10; tenth++)
        {
            chart.Line(At(0, tenth / 10.0), At(last, tenth / 10.0), 0.15f, Chart.Grid);
        }

        foreach (EpochRow row in rows)
        {
            chart.Line(At(row.Epoch, row.Rate.Low), At(row.Epoch, row.Rate.High + 1e-4), 0.6f, Interval);
        }

        foreach ((EpochRow from, EpochRow to) in rows.Zip(rows.Skip(1)))
        {
            chart.Line(At(from.Epoch, from.Rate.Share), At(to.Epoch, to.Rate.Share), 0.35f, Line);
        }

        chart.Write($"share of {good} after each epoch, %, with 95 % intervals", new Vector2(Left, 2), 440);
        foreach (int percent in new[] { 0, 20, 40, 60, 80, 100 })
        {
            chart.Write(percent.ToString(CultureInfo.InvariantCulture), At(0, percent / 100.0) - new Vector2(3, 2), 36, Align.Right);
        }

        foreach (EpochRow row in rows)
        {
            chart.Dot(At(row.Epoch, row.Rate.Share), 1, Line);
            chart.Write(row.Epoch.ToString(CultureInfo.InvariantCulture), At(row.Epoch, 0) + new Vector2(0, 3), 30, Align.Middle);
            chart.Write((100 * row.Rate.Share).ToString("0.0", CultureInfo.InvariantCulture),
                At(row.Epoch, row.Rate.Low) + new Vector2(row.Epoch == 0 ? -1.5f : 0, 1.5f), 44, row.Epoch == 0 ? Align.Left
                    : Align.Middle);
        }

        return chart.ToPicture();
    }
}
