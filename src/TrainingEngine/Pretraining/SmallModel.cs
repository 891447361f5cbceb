using System.Text.Json;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Models.Tokenizer;
using Labeler.TrainingEngine.Models.UNet;
using Labeler.TrainingEngine.Models.Vae;
using Labeler.TrainingEngine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Pretraining;

/// <summary>The shapes of the bundled model, and its folder in the diffusers layout.</summary>
public static class SmallModel
{
    /// <summary>Width and height of its images.</summary>
    public const int ImageSize = 128;

    /// <summary>Tokens of a text, with start and end: no prompt of its world is longer.</summary>
    public const int TextLength = 16;

    /// <summary>16 pixels of each side become one latent element; thin levels where there are many pixels, since those cost most.</summary>
    public static VaeConfig Vae { get; } = new(3, 3, 4, [16, 16, 32, 64, 96], 1, 8, 1, ImageSize);

    /// <summary>Attention only at the lower level: with one at each it costs more than twice as much and learned no better.</summary>
    public static UNetConfig Unet { get; } = new(
        4, 4, [64, 96], 2, [false, true], [true, false], [4, 4], [1, 1], 64, 16, 1e-5, true, false, ImageSize / 16);

    public static ClipTextConfig Text(int words) => new(words, 64, 128, 1, 4, TextLength, true, 1e-5, 0);

    /// <summary>Stable Diffusion 1.5's schedule.</summary>
    private static readonly Dictionary<string, object?> Scheduler = new()
    {
        ["_class_name"] = "DDIMScheduler",
        ["beta_end"] = 0.012,
        ["beta_schedule"] = "scaled_linear",
        ["beta_start"] = 0.00085,
        ["clip_sample"] = false,
        ["num_train_timesteps"] = 1000,
        ["prediction_type"] = "epsilon",
        ["set_alpha_to_one"] = false,
        ["steps_offset"] = 1,
        ["trained_betas"] = null,
    };

    /// <summary>Writes everything but the weights: index, configs, schedule, vocabulary.</summary>
    public static void WriteFrame(string folder, VaeConfig vae, UNetConfig unet, IEnumerable<string> words)
    {
        var vocabulary = ClipVocabulary.Create(words);
        vocabulary.Write(Path.Combine(folder, "tokenizer"), TextLength);
        Write(Path.Combine(folder, "model_index.json"), new Dictionary<string, object?>
        {
            ["_class_name"] = "StableDiffusionPipeline",
            ["scheduler"] = new[] { "diffusers", "DDIMScheduler" },
            ["text_encoder"] = new[] { "transformers", "CLIPTextModel" },
            ["tokenizer"] = new[] { "transformers", "CLIPTokenizer" },
            ["unet"] = new[] { "diffusers", "UNet2DConditionModel" },
            ["vae"] = new[] { "diffusers", "AutoencoderKL" },
        });
        Write(Path.Combine(folder, "scheduler", "scheduler_config.json"), Scheduler);
        Write(Path.Combine(folder, "unet", "config.json"), unet.ToJson());
        Write(Path.Combine(folder, "vae", "config.json"), vae.ToJson());
        Write(Path.Combine(folder, "text_encoder", "config.json"), Text(vocabulary.Count).ToJson());
    }

    /// <summary>Writes weights as float16, which halves the files and changes images invisibly.</summary>
    public static void WriteWeights(string file, IReadOnlyDictionary<string, Tensor> weights)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        SafeTensors.Write(file, weights.ToDictionary(pair => pair.Key, pair => pair.Value.detach().to(ScalarType.Float16)), new Dictionary<string, string> { ["format"] = "pt" });
    }

    /// <summary>The schedule that <see cref="WriteFrame"/> writes.</summary>
    public static NoiseSchedule Schedule(string folder) => NoiseSchedule.Load(Path.Combine(folder, "scheduler"));

    private static void Write(string path, Dictionary<string, object?> content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, JsonSerializer.Serialize(content.Where(pair => pair.Value is not null).OrderBy(pair => pair.Key, StringComparer.Ordinal).ToDictionary(), JsonOptions) + "\n");
    }

    private static readonly JsonSerializerOptions JsonOptions = new() { WriteIndented = true };
}
