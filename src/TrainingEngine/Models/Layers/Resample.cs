using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Models.Layers;

/// <summary>Half the width and height by a convolution of stride 2.</summary>
/// <param name="symmetric">Padded by one on every side (U-Net), or on the right and below alone (autoencoder).</param>
public sealed class Downsample(ModelPart part, long channels, bool symmetric)
{
    public Conv2d Convolution { get; } = new(part, "conv", channels, channels, 3, stride: 2, padding: symmetric ? 1 : 0);

    public Tensor Forward(Tensor x) => Convolution.Forward(symmetric ? x : nn.functional.pad(x, [0, 1, 0, 1]));
}

/// <summary>Twice the width and height: each pixel four times, then a convolution.</summary>
public sealed class Upsample(ModelPart part, long channels)
{
    public Conv2d Convolution { get; } = new(part, "conv", channels, channels, 3, padding: 1);

    /// <param name="x">[N, C, H, W].</param>
    /// <param name="height">Wanted height where it is not twice the input's (odd sizes).</param>
    /// <param name="width">Wanted width.</param>
    public Tensor Forward(Tensor x, long? height = null, long? width = null) =>
        Convolution.Forward(
            nn.functional.interpolate(x, size: [height ?? x.shape[2] * 2, width ?? x.shape[3] * 2], mode: InterpolationMode.Nearest));
}
