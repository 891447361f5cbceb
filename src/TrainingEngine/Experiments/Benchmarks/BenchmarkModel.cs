using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Models.Tokenizer;
using Labeler.TrainingEngine.Models.UNet;
using Labeler.TrainingEngine.Models.Vae;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Experiments.Benchmarks;

/// <summary>
/// A small model of random weights with Stable Diffusion 1.5's structure: four levels, eight heads, 128 × 128 pixels,
/// 3.2 M parameters in the U-Net. Small, so that what the engine adds to libtorch shows.
/// </summary>
internal static class BenchmarkModel
{
    public static StableDiffusion Create(Device device, ScalarType precision)
    {
        const int Tokens = 77, Width = 32;
        ClipTokenizer tokenizer = Tokenizer(Tokens);
        var text = new ClipTextConfig(tokenizer.VocabularySize, Width, 4 * Width, 3, 4, Tokens, true, 1e-5, 0);
        var unet = new UNetConfig(
            4, 4, [32, 64, 64, 64], 2, [true, true, true, false], [false, true, true, true], [8, 8, 8, 8], [1, 1, 1, 1], Width, 32, 1e-5,
                false, false, 16);
        var vae = new VaeConfig(3, 3, 4, [16, 32, 32, 32], 2, 16, 0.18215, 128);
        return new StableDiffusion(
            "", [(tokenizer, new ClipTextEncoder(text, new RandomWeights(1, precision, device)))],
            new UNet2DConditionModel(unet, new RandomWeights(2, precision, device)),
                new AutoencoderKL(vae, new RandomWeights(3, precision, device)));
    }

    private static ClipTokenizer Tokenizer(int length)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("labeler-bench-");
        try
        {
            ClipVocabulary.Create(["a", "photo", "of", "cat"]).Write(folder.FullName, length);
            return ClipTokenizer.Load(folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
