using Labeler.Shared.Imaging;
using Labeler.TrainingEngine.MirrorWorld.Drawing;

namespace Labeler.TrainingEngine.MirrorWorld.Judging;

/// <summary>A picture brought to the one size at which judges look.</summary>
internal sealed class PixelGrid
{
    /// <summary>Width and height.</summary>
    public const int Size = 128;

    /// <summary>Number of pixels.</summary>
    public const int Count = Size * Size;

    private readonly Rgb[] _pixels = new Rgb[Count];

    private PixelGrid()
    {
    }

    /// <summary>Row by row.</summary>
    public Rgb this[int index] => _pixels[index];

    /// <summary>Averages the source pixels below each pixel; where the source is smaller, lets them run into each other.</summary>
    public static PixelGrid Of(Picture picture)
    {
        var grid = new PixelGrid();
        bool enlarge = picture.Width < Size || picture.Height < Size;
        for (int row = 0; row < Size; row++)
        {
            var (top, bottom) = Span(row, picture.Height);
            for (int column = 0; column < Size; column++)
            {
                var (left, right) = Span(column, picture.Width);
                grid._pixels[(row * Size) + column] = enlarge
                    ? Between(picture, (column + 0.5f) * picture.Width / Size, (row + 0.5f) * picture.Height / Size)
                    : Mean(picture, left, top, right, bottom);
            }
        }

        return grid;
    }

    /// <summary>One value per pixel.</summary>
    public float[] Map(Func<Rgb, float> value) => Array.ConvertAll(_pixels, pixel => value(pixel));

    /// <summary>The pixels for which a condition holds.</summary>
    public bool[] Where(Predicate<Rgb> condition) => Array.ConvertAll(_pixels, pixel => condition(pixel));

    private static (int From, int To) Span(int index, int length)
    {
        int from = index * length / Size;
        return (from, Math.Max(from + 1, (index + 1) * length / Size));
    }

    /// <summary>Bilinear, with pixel centres at halves.</summary>
    private static Rgb Between(Picture picture, float x, float y)
    {
        Rgb At(int column, int row)
        {
            var (r, g, b) = picture.At(Math.Clamp(column, 0, picture.Width - 1), Math.Clamp(row, 0, picture.Height - 1));
            return new Rgb(r, g, b);
        }

        var (left, top) = ((int)MathF.Floor(x - 0.5f), (int)MathF.Floor(y - 0.5f));
        var (across, down) = (x - 0.5f - left, y - 0.5f - top);
        return At(left, top).Mix(At(left + 1, top), across).Mix(At(left, top + 1).Mix(At(left + 1, top + 1), across), down);
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
