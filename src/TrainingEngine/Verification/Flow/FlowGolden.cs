using System.Text.Json;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Models.T5;
using Labeler.TrainingEngine.Models.Texts;
using Labeler.TrainingEngine.Models.Transformers;
using Labeler.TrainingEngine.Weights;

namespace Labeler.TrainingEngine.Verification.Flow;

/// <summary>
/// Models of a golden set of flow models. Parts that such a set takes by reference are looked for where it says: tokenizers
/// of CLIP in the golden set beside it, FLUX's text encoders in its own tiny-sd3.
/// </summary>
internal static class FlowGolden
{
    private const string Xl = "tiny-sdxl";

    /// <summary>A part's folder.</summary>
    /// <exception cref="MissingPartException">It is neither in its model nor where it is taken from.</exception>
    public static string Part(GoldenFile file, string model, string part)
    {
        var own = Path.Combine(file.Root, model, part);
        return Directory.Exists(own) ? own : (model, part) switch
        {
            ("tiny-flux", "text_encoder") => Part(file, "tiny-sd3", "text_encoder"),
            ("tiny-flux", "text_encoder_2") => Part(file, "tiny-sd3", "text_encoder_3"),
            ("tiny-flux", "tokenizer_2") => Part(file, "tiny-sd3", "tokenizer_3"),
            (_, "tokenizer" or "tokenizer_2") => Beside(file.Root, Path.Combine(Xl, part)) ?? throw new MissingPartException(own),
            _ => throw new MissingPartException(own),
        };
    }

    public static Sd3Texts Sd3Texts(GoldenFile file, string model)
    {
        var transformer = Sd3Config.Read(ConfigFile.Read(Path.Combine(Part(file, model, "transformer"), "config.json")));
        return new Sd3Texts(
            [Clip(file, model, ""), Clip(file, model, "_2")],
            (T5Tokenizer.Load(Part(file, model, "tokenizer_3")), TextFolders.T5(Part(file, model, "text_encoder_3"), file.Device)),
            transformer.Text.Tokens);
    }

    public static FluxTexts FluxTexts(GoldenFile file, string model) => new(
        Clip(file, model, ""),
        (T5Tokenizer.Load(Part(file, model, "tokenizer_2")), TextFolders.T5(Part(file, model, "text_encoder_2"), file.Device)));

    public static Sd3Transformer Sd3(GoldenFile file, string folder)
    {
        var path = GoldenFile.Needed(Path.Combine(file.Root, folder));
        using var weights = new CheckpointWeights(path, "diffusion_pytorch_model", device: file.Device);
        return new(Sd3Config.Read(ConfigFile.Read(Path.Combine(path, "config.json"))), weights);
    }

    public static FluxTransformer Flux(GoldenFile file, string folder)
    {
        var path = GoldenFile.Needed(Path.Combine(file.Root, folder));
        using var weights = new CheckpointWeights(path, "diffusion_pytorch_model", device: file.Device);
        return new(FluxConfig.Read(ConfigFile.Read(Path.Combine(path, "config.json"))), weights);
    }

    /// <summary>Texts in a list of a JSON file.</summary>
    public static IReadOnlyList<string> Strings(JsonElement list) => [.. list.EnumerateArray().Select(text => text.GetString()!)];

    private static (ClipTokenizer, ClipTextEncoder) Clip(GoldenFile file, string model, string suffix) => (
        ClipTokenizer.Load(Part(file, model, $"tokenizer{suffix}")),
        TextFolders.Clip(Part(file, model, $"text_encoder{suffix}"), file.Device));

    /// <summary>In this set, or in the golden set of a folder above it.</summary>
    private static string? Beside(string root, string part)
    {
        for (var folder = new DirectoryInfo(Path.GetFullPath(root)); folder is not null; folder = folder.Parent)
        {
            foreach (var set in new[] { "", "golden", Path.Combine("shared", "golden") })
            {
                var found = Path.Combine(folder.FullName, set, part);
                if (File.Exists(Path.Combine(found, "vocab.json")))
                {
                    return found;
                }
            }
        }

        return null;
    }
}
