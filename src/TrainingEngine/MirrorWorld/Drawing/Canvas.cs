using System.Numerics;
using Labeler.Shared.Imaging;

namespace Labeler.TrainingEngine.MirrorWorld.Drawing;

/// <summary>
/// A square on which shapes are painted over each other, antialiased by how much of a pixel their outline leaves covered.
/// Scenes are drawn in units of which <see cref="Units"/> span the square, so one scene fits every size.
/// </summary>
public sealed class Canvas
{
    /// <summary>Width and height of every scene in its own units.</summary>
    public const float Units = 128;

    private readonly int _size;
    private readonly float _scale;
    private readonly Rgb[] _pixels;

    /// <param name="size">Width and height in pixels.</param>
    public Canvas(int size)
    {
        _size = size;
        _scale = size / Units;
        _pixels = new Rgb[size * size];
    }

    /// <summary>Covers everything with a colour that changes evenly from top to bottom.</summary>
    public void Fill(Rgb top, Rgb bottom)
    {
        for (int row = 0; row < _size; row++)
        {
            Array.Fill(_pixels, top.Mix(bottom, (row + 0.5f) / _size), row * _size, _size);
        }
    }

    /// <summary>Paints a shape.</summary>
    /// <param name="shape">The shape, in scene units.</param>
    /// <param name="colour">Its colour.</param>
    /// <param name="opacity">1 hides what is below.</param>
    public void Paint<TShape>(TShape shape, Rgb colour, float opacity = 1)
        where TShape : IShape => Paint(shape, (_, _) => colour, opacity);

    /// <summary>Paints a shape whose colour depends on the place and on the distance to the outline (negative inside).</summary>
    public void Paint<TShape>(TShape shape, Func<Vector2, float, Rgb> colour, float opacity = 1)
        where TShape : IShape
    {
        Vector4 bounds = shape.Bounds * _scale;
        int left = Math.Max(0, (int)bounds.X - 1), right = Math.Min(_size - 1, (int)bounds.Z + 1);
        int top = Math.Max(0, (int)bounds.Y - 1), bottom = Math.Min(_size - 1, (int)bounds.W + 1);
        for (int row = top; row <= bottom; row++)
        {
            for (int column = left; column <= right; column++)
            {
                var point = new Vector2(column + 0.5f, row + 0.5f) / _scale;
                float distance = shape.Distance(point);
                float cover = Math.Clamp(0.5f - (distance * _scale), 0, 1) * opacity;
                if (cover > 0)
                {
                    ref Rgb pixel = ref _pixels[(row * _size) + column];
                    pixel = pixel.Mix(colour(point, distance), cover);
                }
            }
        }
    }

    /// <summary>The picture as it stands.</summary>
    public Picture ToPicture()
    {
        var bytes = new byte[3 * _pixels.Length];
        for (int index = 0; index < _pixels.Length; index++)
        {
            Rgb pixel = _pixels[index];
            bytes[3 * index] = Byte(pixel.R);
            bytes[(3 * index) + 1] = Byte(pixel.G);
            bytes[(3 * index) + 2] = Byte(pixel.B);
        }

        return new Picture(_size, _size, bytes);
    }

    private static byte Byte(float value) => (byte)Math.Clamp(value + 0.5f, 0, 255);
}
