using System.Text.Json;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Models;

/// <summary>Writes models in the diffusers folder layout.</summary>
public static class ModelFolder
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Stable Diffusion's noise schedule, for a model with the given prediction type.</summary>
    public static Dictionary<string, object?> Schedule(string predictionType = "epsilon") => new()
    {
        ["_class_name"] = "DDIMScheduler",
        ["beta_end"] = 0.012,
        ["beta_schedule"] = "scaled_linear",
        ["beta_start"] = 0.00085,
        ["clip_sample"] = false,
        ["num_train_timesteps"] = 1000,
        ["prediction_type"] = predictionType,
        ["set_alpha_to_one"] = false,
        ["steps_offset"] = 1,
    };

    /// <summary>Writes model_index.json: which parts there are.</summary>
    public static void WriteIndex(string folder, bool xl = false)
    {
        var content = new Dictionary<string, object?>
        {
            ["_class_name"] = xl ? "StableDiffusionXLPipeline" : "StableDiffusionPipeline",
            ["scheduler"] = new[] { "diffusers", "DDIMScheduler" },
            ["text_encoder"] = new[] { "transformers", "CLIPTextModel" },
            ["tokenizer"] = new[] { "transformers", "CLIPTokenizer" },
            ["unet"] = new[] { "diffusers", "UNet2DConditionModel" },
            ["vae"] = new[] { "diffusers", "AutoencoderKL" },
        };
        if (xl)
        {
            content["text_encoder_2"] = new[] { "transformers", "CLIPTextModelWithProjection" };
            content["tokenizer_2"] = new[] { "transformers", "CLIPTokenizer" };
        }
        WriteConfig(Path.Combine(folder, "model_index.json"), content);
    }

    /// <summary>Writes one of the folder's JSON files, keys in order; what is null is left out.</summary>
    public static void WriteConfig(string path, IReadOnlyDictionary<string, object?> content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var present = content.Where(pair => pair.Value is not null).OrderBy(pair => pair.Key, StringComparer.Ordinal).ToDictionary();
        File.WriteAllText(path, JsonSerializer.Serialize(present, Indented) + "\n");
    }

    /// <summary>Writes a part's weights.</summary>
    /// <param name="folder">The part's folder, such as <c>unet</c>.</param>
    /// <param name="parameters">By their paths.</param>
    /// <param name="type">float16 halves the file; sampling hardly sees it.</param>
    public static void WriteWeights(string folder, IReadOnlyDictionary<string, Tensor> parameters, ScalarType type)
    {
        Directory.CreateDirectory(folder);
        SafeTensors.Write(Path.Combine(folder, FileOf(folder)), parameters, new Dictionary<string, string> { ["format"] = "pt" }, type);
    }

    /// <summary>Copies a part's other files: configs, schedules, vocabularies.</summary>
    internal static void CopyAllButWeights(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from)
            .Where(file => Path.GetExtension(file) is ".json" or ".txt" or ".model" && !file.Contains(".index.", StringComparison.Ordinal)))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }

    /// <summary>The variants of a model's weights that its folder has beside the plain ones, as <c>bf16</c>.</summary>
    public static IReadOnlyList<string> Variants(string folder) =>
    [
        .. Directory.GetDirectories(folder).SelectMany(part => WeightFiles.Variants(part, FileOf(part).Replace(".safetensors", "",
            StringComparison.Ordinal))).Where(variant => variant.Length > 0).Distinct().Order(StringComparer.Ordinal),
    ];

    /// <summary>transformers and diffusers name their files differently.</summary>
    private static string FileOf(string folder) =>
        Path.GetFileName(folder).StartsWith("text_encoder", StringComparison.Ordinal) ? "model.safetensors"
            : "diffusion_pytorch_model.safetensors";
}
