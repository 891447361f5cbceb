using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.MirrorWorld.Scenes;
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

    /// <summary>The autoencoder: 16 pixels of each side become one latent element of 16 channels, so that the U-Net has 8 × 8 elements to
    /// work on. Thin levels where there are many pixels, since those cost most.</summary>
    public static VaeConfig Vae { get; } = new(3, 3, 16, [16, 32, 32, 64, 96], 1, 8, 1, Scene.Size);

    /// <summary>The U-Net. Attention only at the lower level: with one at each it costs more than twice as much and learned no
    /// better.</summary>
    public static UNetConfig Unet { get; } =
        new(Vae.LatentChannels, Vae.LatentChannels, [64, 96], 2, [false, true], [true, false], [4, 4], [1, 1], 64, 16, 1e-5, true, false,
            Scene.Size / Vae.Factor);

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
