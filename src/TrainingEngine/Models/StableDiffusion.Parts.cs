using Labeler.TrainingEngine.Models.UNet;
using Labeler.TrainingEngine.Models.Vae;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Models;

public sealed partial class StableDiffusion
{
    public static UNet2DConditionModel LoadUnet(string folder, Device? device = null, ScalarType dtype = ScalarType.Float32,
        string? variant = null)
    {
        var config = UNetConfig.Read(ConfigFile.Read(Path.Combine(folder, "config.json")));
        using var weights = new CheckpointWeights(folder, "diffusion_pytorch_model", dtype, device, variant);
        return new(config, weights);
    }

    public static AutoencoderKL LoadVae(string folder, Device? device = null, ScalarType dtype = ScalarType.Float32,
        string? variant = null)
    {
        var config = VaeConfig.Read(ConfigFile.Read(Path.Combine(folder, "config.json")));
        using var weights = new CheckpointWeights(folder, "diffusion_pytorch_model", config.Precision(dtype), device, variant);
        return new(config, weights);
    }

    public static ClipTextEncoder LoadTextEncoder(string folder, Device? device = null, ScalarType dtype = ScalarType.Float32,
        string? variant = null)
    {
        var config = ClipTextConfig.Read(ConfigFile.Read(Path.Combine(folder, "config.json")));
        using var weights = new CheckpointWeights(folder, "model", dtype, device, variant);
        return new(config, weights);
    }
}
