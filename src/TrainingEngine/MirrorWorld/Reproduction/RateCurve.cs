using System.Globalization;
using System.Numerics;
using Labeler.Shared.Images;
using Labeler.TrainingEngine.MirrorWorld.Drawing;

namespace Labeler.TrainingEngine.MirrorWorld.Reproduction;

/// <summary>The rate over epochs as a picture: points joined by a line, 95 % intervals as bars, 0 to 100 % upwards.</summary>
public static class RateCurve
{
    private const int Size = 512;
    private const float Left = 13, Right = 122, Top = 12, Bottom = 116;
    private static readonly Rgb Paper = new(255, 255, 255), Grid = new(222, 226, 232), Line = new(24, 100, 171), Interval = new(140, 180, 216);

    /// <summary>Draws a curve.</summary>
    /// <param name="good">What the rate is the share of.</param>
    /// <param name="rows">From epoch 0 on.</param>
    public static Picture Draw(string good, IReadOnlyList<EpochRow> rows)
    {
        var canvas = new Canvas(Size);
        canvas.Fill(Paper, Paper);
        int last = Math.Max(1, rows[^1].Epoch);
        Vector2 At(int epoch, double rate) => new(Left + ((Right - Left) * epoch / last), Bottom - ((Bottom - Top) * (float)rate));
        for (int tenth = 0; tenth <= 10; tenth++)
        {
            canvas.Paint(new Capsule(At(0, tenth / 10.0), At(last, tenth / 10.0), 0.15f), Grid);
        }

        foreach (EpochRow row in rows)
        {
            canvas.Paint(new Capsule(At(row.Epoch, row.Rate.Low), At(row.Epoch, row.Rate.High + 1e-4), 0.6f), Interval);
        }

        foreach ((EpochRow from, EpochRow to) in rows.Zip(rows.Skip(1)))
        {
            canvas.Paint(new Capsule(At(from.Epoch, from.Rate.Share), At(to.Epoch, to.Rate.Share), 0.35f), Line);
        }

        foreach (EpochRow row in rows)
        {
            canvas.Paint(new Disc(At(row.Epoch, row.Rate.Share), 1), Line);
        }

        Picture picture = canvas.ToPicture();
        Write(picture, $"share of {good} after each epoch, %, with 95 % intervals", new Vector2(Left, 2), 440);
        foreach (int percent in new[] { 0, 20, 40, 60, 80, 100 })
        {
            Write(picture, percent.ToString(CultureInfo.InvariantCulture), At(0, percent / 100.0) - new Vector2(10, 2), 36);
        }

        foreach (EpochRow row in rows)
        {
            Write(picture, row.Epoch.ToString(CultureInfo.InvariantCulture), At(row.Epoch, 0) + new Vector2(-1, 3), 30);
            Write(picture, (100 * row.Rate.Share).ToString("0.0", CultureInfo.InvariantCulture), At(row.Epoch, row.Rate.Low) + new Vector2(-4, 1.5f), 44);
        }

        return picture;
    }

    /// <summary>Writes a line of text, its upper left corner at a place in canvas units, into a box of <paramref name="width"/> pixels.</summary>
    internal static void Write(Picture picture, string text, Vector2 place, int width)
    {
        const int Height = 18;
        if (Caption.Draw(text, width, Height) is not { } words)
        {
            return;
        }

        var (left, top) = ((int)(place.X * Size / Canvas.Units), (int)(place.Y * Size / Canvas.Units));
        for (int row = 0; row < Math.Min(words.Height, Size - top); row++)
        {
            int columns = Math.Min(words.Width, Size - left);
            words.Rgb.AsSpan(3 * row * words.Width, 3 * columns).CopyTo(picture.Rgb.AsSpan(3 * (((top + row) * Size) + left)));
        }
    }
}
