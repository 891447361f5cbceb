using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Models.Tokenizer;
using Labeler.TrainingEngine.Models.UNet;
using Labeler.TrainingEngine.Models.Vae;

namespace Labeler.TrainingEngine.Pretraining;

/// <summary>The shapes of Mirror World's models, and their folder in the diffusers layout.</summary>
public static class SmallModel
{
    /// <summary>Tokens of a text, with start and end: no prompt of its world is longer.</summary>
    public const int TextLength = 16;

    /// <summary>Widths and heights of images that there is a shape for.</summary>
    public static IReadOnlyList<int> Sizes { get; } = [64, 128];

    /// <summary>The autoencoder for one of the <see cref="Sizes"/>, to 8 × 8 latent elements, so that the U-Net costs the same for each:
    /// 8 pixels of each side become one of 4 channels, as in Stable Diffusion, or 16 pixels one of 16. Thin levels where there are
    /// many pixels, since those cost most.</summary>
    public static VaeConfig Vae(int size) =>
        size == 64 ? new(3, 3, 4, [16, 32, 64, 96], 1, 8, 1, size) : new(3, 3, 16, [16, 32, 32, 64, 96], 1, 8, 1, size);

    /// <summary>The U-Net for one of the <see cref="Sizes"/>. Attention only at the lower level: with one at each it costs more than twice
    /// as much and learned no better.</summary>
    public static UNetConfig Unet(int size)
    {
        var vae = Vae(size);
        return new(vae.LatentChannels, vae.LatentChannels, [64, 96], 2, [false, true], [true, false], [4, 4], [1, 1], 64, 16, 1e-5, true,
            false, size / vae.Factor);
    }

    public static ClipTextConfig Text(int words) => new(words, 64, 128, 1, 4, TextLength, true, 1e-5, 0);

    /// <summary>Writes everything but the weights: index, configs, schedule, vocabulary.</summary>
    public static void WriteFrame(string folder, VaeConfig vae, UNetConfig unet, IEnumerable<string> words)
    {
        var vocabulary = ClipVocabulary.Create(words);
        vocabulary.Write(Path.Combine(folder, "tokenizer"), TextLength);
        ModelFolder.WriteIndex(folder);
        ModelFolder.WriteConfig(Path.Combine(folder, "scheduler", "scheduler_config.json"), ModelFolder.Schedule());
        ModelFolder.WriteConfig(Path.Combine(folder, "unet", "config.json"), unet.ToJson());
        ModelFolder.WriteConfig(Path.Combine(folder, "vae", "config.json"), vae.ToJson());
        ModelFolder.WriteConfig(Path.Combine(folder, "text_encoder", "config.json"), Text(vocabulary.Count).ToJson());
    }

    /// <summary>The schedule that <see cref="WriteFrame"/> writes.</summary>
    public static NoiseSchedule Schedule(string folder) => NoiseSchedule.Load(Path.Combine(folder, "scheduler"));
}
