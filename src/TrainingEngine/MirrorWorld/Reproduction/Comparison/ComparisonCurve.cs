using System.Globalization;
using System.Numerics;
using Labeler.Shared.Images;
using Labeler.TrainingEngine.MirrorWorld.Drawing;

namespace Labeler.TrainingEngine.MirrorWorld.Reproduction.Comparison;

/// <summary>Reward over images used, a line for each algorithm, the deviation over seeds as bars (as D3PO's figure 3).</summary>
public static class ComparisonCurve
{
    private const int Size = 640, Lines = 8;
    private const float Left = 13, Right = 124, Top = 24, Bottom = 116;
    private static readonly Rgb Paper = new(255, 255, 255), Grid = new(222, 226, 232);
    private static readonly Rgb[] Colours = [new(24, 100, 171), new(214, 96, 20), new(32, 140, 80), new(150, 60, 170), new(190, 30, 60), new(90, 90, 90), new(190, 150, 0), new(0, 150, 170)];

    /// <summary>Draws all points.</summary>
    /// <param name="title">Task and unit.</param>
    /// <param name="points">Of all algorithms.</param>
    public static Picture Draw(string title, IReadOnlyList<ComparisonPoint> points)
    {
        var canvas = new Canvas(Size);
        canvas.Fill(Paper, Paper);
        int last = Math.Max(1, points.Max(point => point.Images));
        double low = points.Min(point => point.Mean - point.Deviation), high = points.Max(point => point.Mean + point.Deviation);
        double margin = Math.Max(1e-6, (high - low) * 0.05);
        (low, high) = (low - margin, high + margin);
        Vector2 At(double images, double reward) => new((float)(Left + ((Right - Left) * images / last)), (float)(Bottom - ((Bottom - Top) * (reward - low) / (high - low))));
        for (int line = 0; line <= Lines; line++)
        {
            double reward = low + ((high - low) * line / Lines);
            canvas.Paint(new Capsule(At(0, reward), At(last, reward), 0.15f), Grid);
        }

        string[] algorithms = [.. points.Select(point => point.Algorithm).Distinct()];
        for (int number = 0; number < algorithms.Length; number++)
        {
            ComparisonPoint[] own = [.. points.Where(point => point.Algorithm == algorithms[number]).OrderBy(point => point.Images)];
            Paint(canvas, own, Colours[number % Colours.Length], At, last * 0.004 * (number - ((algorithms.Length - 1) / 2.0)));
            canvas.Paint(new Disc(new Vector2(Left + 1 + (28 * (number % 4)), 9 + (5 * (number / 4))), 1.2f), Colours[number % Colours.Length]);
        }

        Picture picture = canvas.ToPicture();
        RateCurve.Write(picture, title, new Vector2(Left, 2), 560);
        for (int number = 0; number < algorithms.Length; number++)
        {
            RateCurve.Write(picture, algorithms[number], new Vector2(Left + 3 + (28 * (number % 4)), 7.4f + (5 * (number / 4))), 130);
        }

        for (int line = 0; line <= Lines; line++)
        {
            double reward = low + ((high - low) * line / Lines);
            RateCurve.Write(picture, reward.ToString("0.00", CultureInfo.InvariantCulture), At(0, reward) - new Vector2(11, 1.5f), 46);
        }

        foreach (int images in points.Select(point => point.Images).Distinct())
        {
            RateCurve.Write(picture, images.ToString(CultureInfo.InvariantCulture), At(images, low) + new Vector2(-2, 2), 50);
        }

        return picture;
    }

    // Bars of one number of images stand beside each other.
    private static void Paint(Canvas canvas, ComparisonPoint[] points, Rgb colour, Func<double, double, Vector2> at, double aside)
    {
        foreach (ComparisonPoint point in points.Where(point => point.Deviation > 0))
        {
            canvas.Paint(new Capsule(at(point.Images + aside, point.Mean - point.Deviation), at(point.Images + aside, point.Mean + point.Deviation), 0.25f), colour, 0.5f);
        }

        foreach ((ComparisonPoint from, ComparisonPoint to) in points.Zip(points.Skip(1)))
        {
            canvas.Paint(new Capsule(at(from.Images, from.Mean), at(to.Images, to.Mean), 0.3f), colour);
        }

        foreach (ComparisonPoint point in points)
        {
            canvas.Paint(new Disc(at(point.Images, point.Mean), 0.8f), colour);
        }
    }
}
