using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Diffusion;

/// <summary>
/// Decodes a large latent by overlapping squares, as diffusers' AutoencoderKL.tiled_decode does: each is decoded alone, and where two
/// overlap one fades into the other. Norms and attention see a square at a time, so colors may differ a little from the whole.
/// </summary>
internal static class TiledDecoding
{
    private const double Overlap = 0.25;

    /// <summary>Decodes.</summary>
    /// <param name="decode">From [n, c, h, w] to [n, 3, factor·h, factor·w].</param>
    /// <param name="latents">[n, c, h, w].</param>
    /// <param name="side">Of a square, in latent elements.</param>
    /// <param name="factor">Pixels of a latent element's side.</param>
    public static Tensor Decode(Func<Tensor, Tensor> decode, Tensor latents, long side, long factor)
    {
        var (height, width) = (latents.shape[2], latents.shape[3]);
        if (height <= side && width <= side)
        {
            return decode(latents);
        }

        using var scope = NewDisposeScope();
        var (stride, fade) = ((long)(side * (1 - Overlap)), (long)(side * Overlap) * factor);
        var rows = new List<Tensor>();
        Tensor[]? above = null;
        for (var top = 0L; top < height; top += stride)
        {
            var squares = new List<Tensor>();
            for (var left = 0L; left < width; left += stride)
            {
                var square = decode(latents.narrow(2, top, Math.Min(side, height - top)).narrow(3, left, Math.Min(side, width - left)));
                square = above is null ? square : Faded(above[squares.Count], square, fade, 2);
                squares.Add(squares.Count == 0 ? square : Faded(squares[^1], square, fade, 3));
            }

            rows.Add(cat([.. squares.Select(square => Cut(Cut(square, stride * factor, 2), stride * factor, 3))], 3));
            above = [.. squares];
        }

        return scope.MoveToOuter(cat(rows, 2));
    }

    private static Tensor Cut(Tensor square, long most, int side) => square.narrow(side, 0, Math.Min(most, square.shape[side]));

    /// <summary>The second, its first rows or columns faded over from the last of the first.</summary>
    private static Tensor Faded(Tensor first, Tensor second, long fade, int side)
    {
        fade = Math.Min(fade, Math.Min(first.shape[side], second.shape[side]));
        var share = (arange(fade, float32, second.device) / (double)fade).to(second.dtype).view(side == 2 ? [fade, 1] : [1, fade]);
        var over = (first.narrow(side, first.shape[side] - fade, fade) * (1 - share)) + (second.narrow(side, 0, fade) * share);
        return second.shape[side] == fade ? over : cat([over, second.narrow(side, fade, second.shape[side] - fade)], side);
    }
}
