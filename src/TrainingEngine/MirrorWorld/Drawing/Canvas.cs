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

    private readonly int size;
    private readonly float scale;
    private readonly Rgb[] pixels;

    /// <param name="size">Width and height in pixels.</param>
    public Canvas(int size)
    {
        this.size = size;
        scale = size / Units;
        pixels = new Rgb[size * size];
    }

    /// <summary>Covers everything with a colour that changes evenly from top to bottom.</summary>
    public void Fill(Rgb top, Rgb bottom)
    {
        for (int row = 0; row < size; row++)
        {
            Array.Fill(pixels, top.Mix(bottom, (row + 0.5f) / size), row * size, size);
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
        Vector4 bounds = shape.Bounds * scale;
        int left = Math.Max(0, (int)bounds.X - 1), right = Math.Min(size - 1, (int)bounds.Z + 1);
        int top = Math.Max(0, (int)bounds.Y - 1), bottom = Math.Min(size - 1, (int)bounds.W + 1);
        for (int row = top; row <= bottom; row++)
        {
            for (int column = left; column <= right; column++)
            {
                var point = new Vector2(column + 0.5f, row + 0.5f) / scale;
                float distance = shape.Distance(point);
                float cover = Math.Clamp(0.5f - (distance * scale), 0, 1) * opacity;
                if (cover > 0)
                {
                    ref Rgb pixel = ref pixels[(row * size) + column];
                    pixel = pixel.Mix(colour(point, distance), cover);
                }
            }
        }
    }

    /// <summary>The picture as it stands.</summary>
    public Picture ToPicture()
    {
        var bytes = new byte[3 * pixels.Length];
        for (int index = 0; index < pixels.Length; index++)
        {
            Rgb pixel = pixels[index];
            bytes[3 * index] = Byte(pixel.R);
            bytes[(3 * index) + 1] = Byte(pixel.G);
            bytes[(3 * index) + 2] = Byte(pixel.B);
        }

        return new Picture(size, size, bytes);
    }

    private static byte Byte(float value) => (byte)Math.Clamp(value + 0.5f, 0, 255);
}
