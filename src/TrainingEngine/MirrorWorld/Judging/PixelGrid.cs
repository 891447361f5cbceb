using Labeler.Shared.Images;
using Labeler.TrainingEngine.MirrorWorld.Drawing;

namespace Labeler.TrainingEngine.MirrorWorld.Judging;

/// <summary>A picture brought to the one size at which judges look.</summary>
internal sealed class PixelGrid
{
    /// <summary>Width and height.</summary>
    public const int Size = 128;

    /// <summary>Number of pixels.</summary>
    public const int Count = Size * Size;

    private readonly Rgb[] pixels = new Rgb[Count];

    private PixelGrid()
    {
    }

    /// <summary>Row by row.</summary>
    public Rgb this[int index] => pixels[index];

    /// <summary>Averages the source pixels below each pixel, or takes the nearest where the source is smaller.</summary>
    public static PixelGrid Of(Picture picture)
    {
        var grid = new PixelGrid();
        for (int row = 0; row < Size; row++)
        {
            var (top, bottom) = Span(row, picture.Height);
            for (int column = 0; column < Size; column++)
            {
                var (left, right) = Span(column, picture.Width);
                grid.pixels[(row * Size) + column] = Mean(picture, left, top, right, bottom);
            }
        }

        return grid;
    }

    /// <summary>One value per pixel.</summary>
    public float[] Map(Func<Rgb, float> value) => Array.ConvertAll(pixels, pixel => value(pixel));

    /// <summary>The pixels for which a condition holds.</summary>
    public bool[] Where(Predicate<Rgb> condition) => Array.ConvertAll(pixels, pixel => condition(pixel));

    private static (int From, int To) Span(int index, int length)
    {
        int from = index * length / Size;
        return (from, Math.Max(from + 1, (index + 1) * length / Size));
    }

    private static Rgb Mean(Picture picture, int left, int top, int right, int bottom)
    {
        int red = 0, green = 0, blue = 0;
        for (int row = top; row < bottom; row++)
        {
            for (int column = left; column < right; column++)
            {
                var (r, g, b) = picture.At(column, row);
                (red, green, blue) = (red + r, green + g, blue + b);
            }
        }

        float count = (bottom - top) * (right - left);
        return new Rgb(red / count, green / count, blue / count);
    }
}
