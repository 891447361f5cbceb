using Labeler.Shared.Imaging;
using Labeler.Shared.Memory;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Models.Vae;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Diffusion;

/// <summary>Turns clean latents into pictures.</summary>
public static class LatentDecoder
{
    // The autoencoder needs the most memory of all parts: large images go through it one at a time, small ones together.
    private const long PixelsAtOnce = 512 * 512;

    /// <summary>Pixels of a tile's side.</summary>
    public const int Tile = MemoryEstimate.Tile;

    /// <summary>One picture per latent, by a model's autoencoder, on the denoiser's device.</summary>
    /// <param name="model">The model.</param>
    /// <param name="latents">[n, channels, h, w], scaled as the denoiser has them.</param>
    /// <param name="tiles">Decode by squares of <see cref="Tile"/> pixels, in less memory.</param>
    /// <exception cref="EngineException">A picture is not finite.</exception>
    public static IReadOnlyList<Picture> Decode(StableDiffusion model, Tensor latents, bool tiles = false)
    {
        using var used = model.UseVae();
        return Decode(used.Vae, latents, tiles);
    }

    /// <summary>One picture per latent.</summary>
    /// <param name="vae">The autoencoder.</param>
    /// <param name="latents">[n, channels, h, w], scaled as the U-Net has them.</param>
    /// <param name="tiles">Decode by squares of <see cref="Tile"/> pixels, in less memory.</param>
    /// <exception cref="EngineException">A picture is not finite.</exception>
    public static IReadOnlyList<Picture> Decode(AutoencoderKL vae, Tensor latents, bool tiles = false)
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        Tensor weight = vae.Parameters.Values.First();
        Tensor unscaled = vae.Unscaled(latents.to(weight.dtype).to(weight.device));
        long pixels = latents.shape[2] * latents.shape[3] * vae.Config.Factor * vae.Config.Factor;
        return [.. unscaled.split(Math.Max(1, PixelsAtOnce / pixels)).SelectMany(part => Decoded(part).split(1).Select(ToPicture))];

        Tensor Decoded(Tensor part) =>
            tiles ? TiledDecoding.Decode(vae.Decode, part, Tile / vae.Config.Factor, vae.Config.Factor) : vae.Decode(part);
    }

    /// <summary>A decoded image [1, 3, h, w] of −1 … 1 as a picture: round((x/2 + ½) · 255), clamped.</summary>
    /// <exception cref="EngineException">It is not finite, which would become black.</exception>
    public static Picture ToPicture(Tensor decoded)
    {
        using var scope = NewDisposeScope();
        if (!decoded.isfinite().all().item<bool>())
        {
            throw new EngineException($"the autoencoder's picture is not finite, computed in {decoded.dtype}: its weights overflow, or the "
                + "type is too narrow (take --dtype float32 or bfloat16)");
        }

        Tensor bytes = ((decoded.detach().to(float32) / 2) + 0.5).clamp(0, 1).mul(255).round().to(uint8);
        return new Picture((int)decoded.shape[3], (int)decoded.shape[2],
            bytes[0].permute(1, 2, 0).contiguous().cpu().data<byte>().ToArray());
    }
}
