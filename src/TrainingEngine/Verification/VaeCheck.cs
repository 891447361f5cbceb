using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Models.Vae;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Verification;

/// <summary>The autoencoder both ways.</summary>
internal static class VaeCheck
{
    private const double Largest = 3e-5;
    private const double RelativeRms = 1e-5;

    public static IEnumerable<Finding> Run(GoldenFile file)
    {
        using var untracked = no_grad();
        var vae = StableDiffusion.LoadVae(Path.Combine(file.Model, "vae"), file.Device);
        var latents = vae.Encode(file["encode.image"]);
        return
        [
            .. Compare.Tensors("decode.image", vae.Decode(file["decode.z"]), file["decode.image"], Largest, RelativeRms),
            .. Compare.Tensors("encode.mean", latents.Mean, file["encode.mean"], Largest, RelativeRms),
            .. Compare.Tensors("encode.logvar", latents.LogVariance, file["encode.logvar"], Largest, RelativeRms),
            .. file.Has("encode.noise") ? Sampled(file, vae, latents) : [],
        ];
    }

    private static IEnumerable<Finding> Sampled(GoldenFile file, AutoencoderKL vae, LatentDistribution latents)
    {
        var sample = latents.Sample(file["encode.noise"]);
        return
        [
            .. Compare.Tensors("encode.sample", sample, file["encode.sample"], Largest, RelativeRms),
            .. file.Has("encode.scaled_latent")
                ? Compare.Tensors("encode.scaled_latent", vae.Scaled(sample), file["encode.scaled_latent"], Largest, RelativeRms)
                : [],
        ];
    }
}
