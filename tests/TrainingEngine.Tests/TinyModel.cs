using System.Text.Json;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Models.Tokenizer;
using Labeler.TrainingEngine.Models.UNet;
using Labeler.TrainingEngine.Models.Vae;
using Labeler.TrainingEngine.Weights;
using TorchSharp;

namespace Labeler.TrainingEngine.Tests;

/// <summary>A whole model of random weights in the diffusers layout: 16 × 16 pixels, 12 tokens, computed in milliseconds.</summary>
internal static class TinyModel
{
    private const int Tokens = 12, Width = 8;

    public static UNetConfig Unet { get; } = new(4, 4, [8, 16], 1, [false, true], [true, false], [2, 2], [1, 1], Width, 4, 1e-5, false, false, 8);

    public static VaeConfig Vae { get; } = new(3, 3, 4, [8, 8], 1, 4, 0.18215, 16);

    private const string Scheduler = """
        {"_class_name": "PNDMScheduler", "beta_end": 0.012, "beta_schedule": "scaled_linear", "beta_start": 0.00085, "clip_sample": false,
         "num_train_timesteps": 1000, "set_alpha_to_one": false, "steps_offset": 1}
        """;

    /// <summary>Writes the model and returns its folder.</summary>
    public static string Write(string folder)
    {
        using var scope = torch.NewDisposeScope();
        Text(folder, "", new ClipTextConfig(0, Width, 16, 1, 2, Tokens, true, 1e-5, 0), 1);
        return Rest(folder, Unet, "StableDiffusionPipeline");
    }

    /// <summary>Writes a model of the XL kind, with two text encoders, and returns its folder.</summary>
    public static string WriteXl(string folder)
    {
        using var scope = torch.NewDisposeScope();
        var text = new ClipTextConfig(0, Width, 16, 2, 2, Tokens, true, 1e-5, 0);
        Text(folder, "", text, 1);
        Text(folder, "_2", text with { QuickGelu = false, ProjectionWidth = Width }, 4);
        return Rest(folder, Unet with { ContextWidth = 2 * Width, AddedTimeWidth = 4, AddedInputs = (6 * 4) + Width }, "StableDiffusionXLPipeline");
    }

    private static void Text(string folder, string suffix, ClipTextConfig config, ulong seed)
    {
        var vocabulary = ClipVocabulary.Create(["a", "cat", "dog", "hand"]);
        vocabulary.Write(Directory.CreateDirectory(Path.Combine(folder, $"tokenizer{suffix}")).FullName, Tokens);
        config = config with { VocabularySize = vocabulary.Count };
        Part(folder, $"text_encoder{suffix}", "model.safetensors", config.ToJson(), new ClipTextEncoder(config, new RandomWeights(seed)).Parameters);
    }

    private static string Rest(string folder, UNetConfig unet, string pipeline)
    {
        Part(folder, "unet", "diffusion_pytorch_model.safetensors", unet.ToJson(), new UNet2DConditionModel(unet, new RandomWeights(2)).Parameters);
        Part(folder, "vae", "diffusion_pytorch_model.safetensors", Vae.ToJson(), new AutoencoderKL(Vae, new RandomWeights(3)).Parameters);
        Directory.CreateDirectory(Path.Combine(folder, "scheduler"));
        File.WriteAllText(Path.Combine(folder, "scheduler", "scheduler_config.json"), Scheduler);
        File.WriteAllText(Path.Combine(folder, "model_index.json"), $$"""{"_class_name": "{{pipeline}}"}""");
        return folder;
    }

    private static void Part(string folder, string part, string file, Dictionary<string, object?> config, IReadOnlyDictionary<string, torch.Tensor> weights)
    {
        string target = Directory.CreateDirectory(Path.Combine(folder, part)).FullName;
        File.WriteAllText(Path.Combine(target, "config.json"), JsonSerializer.Serialize(config));
        SafeTensors.Write(Path.Combine(target, file), weights);
    }
}
