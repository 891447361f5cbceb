namespace Labeler.Shared.Memory;

/// <summary>What a model computes in.</summary>
public enum ComputeType { Float32, BFloat16, Float16 }

/// <summary>What is to be done with a model, as far as memory follows from it.</summary>
/// <param name="Width">Of the images in pixels.</param>
/// <param name="Height">Of the images in pixels.</param>
/// <param name="ImagesAtOnce">In one call of the denoiser.</param>
/// <param name="RowsPerImage">2 under guidance, else 1.</param>
/// <param name="Type">That the model computes in.</param>
public sealed record MemoryWork(int Width, int Height, int ImagesAtOnce, int RowsPerImage, ComputeType Type)
{
    /// <summary>Numbers that are trained; 0 for sampling.</summary>
    public long Trained { get; init; }

    /// <summary>Whether the text encoders' adapter is trained, whose activations are kept then.</summary>
    public bool TrainsTexts { get; init; }

    /// <summary>Whether the denoiser's own weights are trained, which are kept as they were too.</summary>
    public bool Whole { get; init; }

    /// <summary>Whether activations are computed again.</summary>
    public bool Recompute { get; init; }

    /// <summary>Whether text encoders are kept in the machine's memory and not on the device.</summary>
    public bool TextsElsewhere { get; init; }

    /// <summary>Whether the autoencoder is on the device only while it decodes.</summary>
    public bool VaeElsewhere { get; init; }

    /// <summary>Whether pictures are decoded in tiles.</summary>
    public bool Tiles { get; init; }
}
