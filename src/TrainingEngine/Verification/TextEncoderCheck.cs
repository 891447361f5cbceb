using Labeler.TrainingEngine.Models;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Verification;

/// <summary>The text encoders' outputs for stored token ids; keys of the second encoder (XL) end in <c>_2</c>.</summary>
internal static class TextEncoderCheck
{
    public static IEnumerable<Finding> Run(GoldenFile file)
    {
        using var untracked = no_grad();
        return [.. One(file, ""), .. file.Has("input_ids_2") ? One(file, "_2") : []];
    }

    private static IEnumerable<Finding> One(GoldenFile file, string suffix)
    {
        var folder = GoldenFile.Needed(Path.Combine(file.Model, $"text_encoder{suffix}"));
        if (Directory.GetFiles(folder, "*.safetensors").Length == 0)
        {
            throw new MissingPartException(Path.Combine(folder, "model.safetensors"));
        }

        var text = StableDiffusion.LoadTextEncoder(folder, file.Device).Forward(file[$"input_ids{suffix}"]);
        return new (string Key, Tensor? Actual)[]
        {
            ($"last_hidden_state{suffix}", text.Last), ($"penultimate_hidden_state{suffix}", text.Penultimate),
            ($"pooler_output{suffix}", text.Pooled), ($"text_embeds{suffix}", text.Projected),
        }.Where(pair => file.Has(pair.Key)).SelectMany(pair => Compare.Tensors(
            pair.Key, pair.Actual
                ?? throw new EngineException($"{folder}: the model has no projection, but {file.Name} holds {pair.Key}"), file[pair.Key],
                    3e-5, 3e-6));
    }
}
