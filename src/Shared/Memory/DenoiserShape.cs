namespace Labeler.Shared.Memory;

/// <summary>The shape of a denoiser, as far as what it takes in memory follows from it.</summary>
public abstract record DenoiserShape
{
    // Of SD3's 77 + 256 and FLUX's 512.
    private protected const long TextTokens = 512;

    // Maps that a block keeps, and that it holds at once: residual block; attention, feed-forward and norms of a transformer; a
    // transformer's block of two streams.
    private protected const long Resnet = 8, Transformer = 36, Stream = 40, AtOnce = 14;

    /// <summary>What one row takes.</summary>
    /// <param name="height">Of the latent.</param>
    /// <param name="width">Of the latent.</param>
    public abstract Activations ActivationsOf(long height, long width);

    /// <summary>Numbers of one row that a plan reckons with: what is kept for a backward pass, attention's scores among it.</summary>
    /// <param name="height">Of the latent.</param>
    /// <param name="width">Of the latent.</param>
    public abstract long PlannedOf(long height, long width);
}

/// <summary>Numbers that one row (an image, twice under guidance) takes in a denoiser, beside its weights. Attention keeps no
/// scores.</summary>
/// <param name="Kept">For a backward pass.</param>
/// <param name="Recomputed">For a backward pass that computes them again, block by block.</param>
/// <param name="Passing">For a forward pass alone.</param>
public readonly record struct Activations(long Kept, long Recomputed, long Passing);

/// <summary>A U-Net.</summary>
/// <param name="Channels">Width of each level.</param>
/// <param name="LayersPerBlock">Residual blocks of a level on the way down.</param>
/// <param name="CrossAttention">Which levels have transformers.</param>
/// <param name="TransformerLayers">Transformer blocks of each level's attentions.</param>
/// <param name="Heads">Attention heads of each level.</param>
public sealed record UNetShape(
    IReadOnlyList<long> Channels, long LayersPerBlock, IReadOnlyList<bool> CrossAttention, IReadOnlyList<long> TransformerLayers,
    IReadOnlyList<long> Heads) : DenoiserShape
{
    /// <inheritdoc />
    public override Activations ActivationsOf(long height, long width)
    {
        var (kept, skips, largest, atOnce) = (0L, 0L, 0L, 0L);
        for (var level = 0; level < Channels.Count; level++)
        {
            var map = Channels[level] * Pixels(level, height, width);
            var block = (Resnet * map) + (CrossAttention[level] ? TransformerLayers[level] * Transformer * map : 0);
            kept += ((2 * LayersPerBlock) + 1) * block;
            skips += (LayersPerBlock + 1) * map;
            (largest, atOnce) = (Math.Max(largest, block), Math.Max(atOnce, AtOnce * map));
        }
        // What passes between blocks is kept on the way down and on the way up.
        return new(kept, (3 * skips) + largest, skips + atOnce);
    }

    // A level has 2·layers + 1 of each block, and a transformer two sets of scores.
    /// <inheritdoc />
    public override long PlannedOf(long height, long width)
    {
        var sum = 0L;
        for (var level = 0; level < Channels.Count; level++)
        {
            var pixels = Pixels(level, height, width);
            var blocks = (2 * LayersPerBlock) + 1;
            sum += blocks * Resnet * Channels[level] * pixels;
            if (CrossAttention[level])
            {
                sum += blocks * TransformerLayers[level] * ((Transformer * Channels[level] * pixels)
                    + (2 * Heads[level] * pixels * pixels));
            }
        }
        return sum;
    }

    private static long Pixels(int level, long height, long width) => Math.Max(1, height >> level) * Math.Max(1, width >> level);
}

/// <summary>A flow model's transformer.</summary>
/// <param name="Blocks">Of both streams, and of one.</param>
/// <param name="Width">Of a token.</param>
/// <param name="Heads">Of an attention.</param>
/// <param name="TokenSide">Latent elements of a token's side.</param>
public sealed record TransformerShape(long Blocks, long Width, long Heads, long TokenSide) : DenoiserShape
{
    /// <inheritdoc />
    public override Activations ActivationsOf(long height, long width)
    {
        var map = Width * (Tokens(height, width) + TextTokens);
        return new(Blocks * Stream * map, (Blocks * map) + (Stream * map), AtOnce * map);
    }

    /// <inheritdoc />
    public override long PlannedOf(long height, long width)
    {
        var tokens = Tokens(height, width) + TextTokens;
        return Blocks * ((Stream * Width * tokens) + (2 * Heads * tokens * tokens));
    }

    private long Tokens(long height, long width) => height * width / (TokenSide * TokenSide);
}
