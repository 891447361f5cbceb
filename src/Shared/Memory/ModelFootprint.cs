namespace Labeler.Shared.Memory;

/// <summary>How many numbers a model's parts have, and what its activations follow from.</summary>
/// <param name="Denoiser">Weights of what is trained.</param>
/// <param name="Adapted">Numbers of an adapter of rank 1 on every attention.</param>
/// <param name="Texts">Weights of all text encoders.</param>
/// <param name="Vae">Weights of the autoencoder.</param>
/// <param name="VaeShape">Its shape.</param>
/// <param name="Shape">The denoiser's.</param>
/// <param name="Size">Pixels of a side of the images that it was made for.</param>
public sealed record ModelFootprint(
    long Denoiser, long Adapted, long Texts, long Vae, VaeShape VaeShape, DenoiserShape Shape, int Size)
{
    /// <summary>Whether guidance asks it twice a step, and is not a number that it is told.</summary>
    public bool TakesTwoBranches { get; init; } = true;

    /// <summary>Numbers of an adapter of rank 1 on every attention of the CLIP text encoders.</summary>
    public long AdaptedTexts { get; init; }

    /// <summary>Numbers that one prompt takes in the CLIP text encoders for a backward pass.</summary>
    public long TextActivations { get; init; }
}

/// <summary>The shape of an autoencoder.</summary>
/// <param name="Channels">Width of each level; every level but the last halves width and height.</param>
/// <param name="ForceUpcast">Whether float16 is too narrow for it.</param>
public sealed record VaeShape(IReadOnlyList<long> Channels, bool ForceUpcast)
{
    /// <summary>How many pixels one latent element stands for, along each side.</summary>
    public long Factor => 1L << (Channels.Count - 1);
}

/// <summary>A CLIP text encoder's share of a footprint.</summary>
public readonly record struct ClipShape(long Layers, long Width, long Positions)
{
    // Maps of its width that a layer keeps for a backward pass: norms, attention, shortcuts and a feed-forward that is four times as wide.
    private const long Maps = 20;

    /// <summary>Numbers of an adapter of rank 1 on its attention: four projections of a layer, as wide as they are high.</summary>
    public long Adapted => Layers * 4 * 2 * Width;

    /// <summary>Numbers that one prompt takes for a backward pass.</summary>
    public long Kept => Layers * Positions * Maps * Width;
}
