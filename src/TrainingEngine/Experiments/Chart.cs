using System.Numerics;
using Labeler.Shared.Imaging;
using Labeler.TrainingEngine.MirrorWorld.Drawing;

namespace Labeler.TrainingEngine.Experiments;

/// <summary>Where a place lies in the text that is written there.</summary>
internal enum Align
{
    /// <summary>At its left end.</summary>
    Left,

    /// <summary>In its middle.</summary>
    Middle,

    /// <summary>At its right end.</summary>
    Right,
}

/// <summary>A square white sheet for curves, bars and words; places count in units of which 128 span it.</summary>
internal sealed class Chart
{
    private const int TextHeight = 18;
    private static readonly Rgb Paper = new(255, 255, 255);
    private readonly List<(string Text, Vector2 Place, int Width, Align Align)> _words = [];
    private readonly Canvas _canvas;
    private readonly int _size;

    /// <param name="size">Width and height in pixels.</param>
    public Chart(int size)
    {
        (_size, _canvas) = (size, new Canvas(size));
        _canvas.Fill(Paper, Paper);
    }

    /// <summary>Color of lines behind the figures.</summary>
    public static Rgb Grid { get; } = new(222, 226, 232);

    /// <summary>Color of interval bars on top of other colors.</summary>
    public static Rgb Ink { get; } = new(40, 44, 52);

    /// <summary>Colors of what is to be told apart.</summary>
    public static IReadOnlyList<Rgb> Colours { get; } =
        [new(24, 100, 171), new(214, 96, 20), new(32, 140, 80), new(150, 60, 170), new(190, 30, 60), new(90, 90, 90), new(190, 150, 0),
            new(0, 150, 170), new(128, 84, 50), new(226, 110, 170)];

    /// <summary>Draws a line with round ends.</summary>
    public void Line(Vector2 from, Vector2 to, float halfWidth, Rgb colour, float opacity = 1) =>
        _canvas.Paint(new Capsule(from, to, halfWidth), colour, opacity);

    /// <summary>Draws a disc.</summary>
    public void Dot(Vector2 centre, float radius, Rgb colour) => _canvas.Paint(new Disc(centre, radius), colour);

    /// <summary>Draws a box.</summary>
    public void Bar(float left, float top, float right, float bottom, Rgb colour) =>
        _canvas.Paint(new Box(left, top, right, bottom), colour);

    /// <summary>Writes a line of text over all that is drawn.</summary>
    /// <param name="text">The text.</param>
    /// <param name="place">Upper edge of the text, and its end or middle.</param>
    /// <param name="width">Pixels that it may take; more is cut off.</param>
    /// <param name="align">What lies at the place.</param>
    public void Write(string text, Vector2 place, int width, Align align = Align.Left) => _words.Add((text, place, width, align));

    /// <summary>The sheet as it stands.</summary>
    public Picture ToPicture()
    {
        Picture picture = _canvas.ToPicture();
        foreach (var (text, place, width, align) in _words)
        {
            if (Caption.Draw(text, width, TextHeight) is { } written)
            {
                Put(picture, written, (int)(place.X * _size / Canvas.Units) - ((int)align * written.Width / 2),
                    (int)(place.Y * _size / Canvas.Units));
            }
        }

        return picture;
    }

    // Black on white: what is darker stays, so a word on a bar keeps the bar's colour around it.
    private void Put(Picture picture, Picture written, int left, int top)
    {
        for (int row = Math.Max(0, -top); row < Math.Min(written.Height, _size - top); row++)
        {
            for (int column = Math.Max(0, -left); column < Math.Min(written.Width, _size - left); column++)
            {
                for (int channel = 0; channel < 3; channel++)
                {
                    ref byte pixel = ref picture.Rgb[(3 * (((top + row) * _size) + left + column)) + channel];
                    pixel = (byte)(pixel * written.Rgb[(3 * ((row * written.Width) + column)) + channel] / 255);
                }
            }
        }
    }
}
