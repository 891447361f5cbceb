using System.Globalization;

namespace Labeler.Shared.Memory;

/// <summary>Bytes that a job takes on its device.</summary>
/// <param name="Weights">Of all parts of the model.</param>
/// <param name="Trained">float32 values, gradients and AdamW's moments of what is trained.</param>
/// <param name="Activations">Of the denoiser, and of text encoders that are trained.</param>
/// <param name="Decoding">Of the autoencoder, after the denoiser.</param>
public sealed record MemoryEstimate(long Weights, long Trained, long Activations, long Decoding)
{
    /// <summary>libtorch and the program.</summary>
    public const long Runtime = 500_000_000;

    /// <summary>Pixels of the side of a tile that is decoded at once.</summary>
    public const int Tile = 512;

    // What allocator and kernels hold beside a model's weights (weights in another order, pieces between others), as measured.
    private const long ShareHeld = 6;

    // Maps of the widest level at full size that a decoder holds at once, with what its convolutions rearrange.
    private const long DecodedMaps = 5;

    // Value, sum of gradients, two moments in float32; a micro-batch's gradients beside their sum.
    private const long BytesTrained = 16 + 4;

    /// <summary>What libtorch holds beside all that.</summary>
    public long Held => Runtime + (Weights / ShareHeld);

    /// <summary>The most at any time.</summary>
    public long Peak => Held + Weights + Trained + Math.Max(Activations, Decoding);

    /// <summary>What comes on top of a model that is loaded.</summary>
    public long Growth => Trained + Math.Max(Activations, Decoding);

    /// <summary>Estimates.</summary>
    public static MemoryEstimate Of(ModelFootprint model, MemoryWork work)
    {
        var (size, factor) = (SizeOf(work.Type), model.VaeShape.Factor);
        var vaeSize = work.Type == ComputeType.Float16 && model.VaeShape.ForceUpcast ? SizeOf(ComputeType.Float32) : size;
        var weights = ((model.Denoiser + (work.TextsElsewhere ? 0 : model.Texts)) * size) + (work.VaeElsewhere ? 0 : model.Vae * vaeSize);
        var numbers = model.Shape.ActivationsOf(work.Height / factor, work.Width / factor);
        var perRow = work.Trained == 0 ? numbers.Passing : work.Recompute ? numbers.Recomputed : numbers.Kept;
        var texts = work.TrainsTexts ? model.TextActivations : 0;
        var pixels = work.Tiles ? Math.Min((long)work.Width * work.Height, (long)Tile * Tile) : (long)work.Width * work.Height;
        var widest = model.VaeShape.Channels[Math.Min(1, model.VaeShape.Channels.Count - 1)];
        // A narrow norm widens its input.
        var norm = work.Type == ComputeType.Float32 ? 1 : 1.5;
        return new(weights, (work.Trained * BytesTrained) + (work.Whole ? model.Denoiser * size : 0),
            (long)((perRow + texts) * size * norm) * work.RowsPerImage * work.ImagesAtOnce,
            work.Trained > 0 ? 0
                : (long)(DecodedMaps * widest * pixels * vaeSize * norm) + (work.VaeElsewhere ? model.Vae * vaeSize : 0));
    }

    /// <summary>Such as 7.2 GB.</summary>
    public static string Told(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.0} GB");

    /// <summary>Its parts in one line.</summary>
    public override string ToString() => $"{Told(Weights)} of weights, {Told(Trained)} of what is trained, {Told(Activations)} of "
        + $"activations, {Told(Decoding)} for decoding, {Told(Held)} for libtorch: {Told(Peak)}";

    private static long SizeOf(ComputeType type) => type == ComputeType.Float32 ? 4 : 2;
}
