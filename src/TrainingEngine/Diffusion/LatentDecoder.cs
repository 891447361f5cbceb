using Labeler.Shared.Imaging;
using Labeler.TrainingEngine.Models.Vae;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Diffusion;

/// <summary>Turns clean latents into pictures.</summary>
public static class LatentDecoder
{
    // The autoencoder needs the most memory of all parts: large images go through it one at a time, small ones together.
    private const long PixelsAtOnce = 512 * 512;

    /// <summary>One picture per latent.</summary>
    /// <param name="vae">The autoencoder.</param>
    /// <param name="latents">[n, channels, h, w], scaled as the U-Net has them.</param>
    public static IReadOnlyList<Picture> Decode(AutoencoderKL vae, Tensor latents)
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        Tensor weight = vae.Parameters.Values.First();
        Tensor unscaled = latents.to(weight.dtype).to(weight.device) / vae.Config.ScalingFactor;
        long pixels = latents.shape[2] * latents.shape[3] * vae.Config.Factor * vae.Config.Factor;
        return [.. unscaled.split(Math.Max(1, PixelsAtOnce / pixels)).SelectMany(part => vae.Decode(part).split(1).Select(ToPicture))];
    }

    /// <summary>A decoded image [1, 3, h, w] of −1 … 1 as a picture: round((x/2 + ½) · 255), clamped.</summary>
    public static Picture ToPicture(Tensor decoded)
    {
        using var scope = NewDisposeScope();
        Tensor bytes = ((decoded.detach().to(float32) / 2) + 0.5).clamp(0, 1).mul(255).round().to(uint8);
        return new Picture((int)decoded.shape[3], (int)decoded.shape[2],
            bytes[0].permute(1, 2, 0).contiguous().cpu().data<byte>().ToArray());
    }
}
