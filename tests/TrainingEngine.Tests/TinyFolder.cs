using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Models.UNet;
using Labeler.TrainingEngine.Models.Vae;
using Labeler.TrainingEngine.Pretraining;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests;

/// <summary>A whole model of a few thousand random weights, with its tokenizer: real code paths in milliseconds.</summary>
internal static class TinyFolder
{
    public static VaeConfig Vae { get; } = new(3, 3, 4, [8, 8], 1, 4, 1, 16);

    public static UNetConfig Unet { get; } = new(4, 4, [8, 16], 1, [false, true], [true, false], [2, 2], [1, 1], 64, 4, 1e-5, true, false, 8);

    public static string Write(string folder, ulong seed = 1)
    {
        SmallModel.WriteFrame(folder, Vae, Unet, ["a red flag", "1 hand"]);
        var words = ClipTokenizer.Load(Path.Combine(folder, "tokenizer")).VocabularySize;
        var (unet, vae, text) = (new RandomWeights(seed), new RandomWeights(seed + 1), new RandomWeights(seed + 2));
        _ = new UNet2DConditionModel(Unet, unet);
        _ = new AutoencoderKL(Vae, vae);
        _ = new ClipTextEncoder(SmallModel.Text(words), text);
        ModelFolder.WriteWeights(Path.Combine(folder, "unet"), unet.Taken, ScalarType.Float16);
        ModelFolder.WriteWeights(Path.Combine(folder, "vae"), vae.Taken, ScalarType.Float16);
        ModelFolder.WriteWeights(Path.Combine(folder, "text_encoder"), text.Taken, ScalarType.Float16);
        return folder;
    }
}
