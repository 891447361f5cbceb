using System.Globalization;
using Labeler.TrainingEngine.Lora;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Models.Texts;
using Labeler.TrainingEngine.Models.Transformers;
using Labeler.TrainingEngine.Verification.Flow;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Verification;

/// <summary>A part of a model that an adapter is laid on, and what it says of the golden inputs.</summary>
/// <param name="Name">As <c>unet</c> or <c>text_encoder_2</c>.</param>
/// <param name="Layers">Those that can carry branches.</param>
/// <param name="Say">Given the inputs and the prefix of their keys: its outputs by name.</param>
internal sealed record LoraGoldenPart(
    string Name, LoraPartLayers Layers, Func<GoldenFile, string, IEnumerable<(string Name, Tensor Output)>> Say)
{
    // T5 is given the first tokens of the others', brought into its vocabulary.
    private const long T5Tokens = 40, T5Ids = 300;

    /// <summary>Loads a part; null for one that this engine has no model of.</summary>
    public static LoraGoldenPart? Load(GoldenFile file, string folder, string name)
    {
        switch (name)
        {
            case "unet":
                var unet = StableDiffusion.LoadUnet(folder, file.Device);
                return new(name, LoraAdapter.PartOf(unet), (inputs, key) =>
                    [("out", unet.Forward(inputs[$"{key}.sample"], inputs[$"{key}.timestep"], Told(inputs, key)))]);
            case "text_encoder" or "text_encoder_2" when IsClip(folder):
                var text = Clip(folder, file.Device);
                return new(name, LoraAdapter.PartOf(text, name == "text_encoder" ? 0 : 1),
                    (inputs, _) => Of(text.Forward(inputs["input_ids"])));
            case "text_encoder_2" or "text_encoder_3":
                var t5 = TextFolders.T5(folder, file.Device);
                return new(name, LoraAdapter.PartOf(t5, int.Parse(name[^1..], CultureInfo.InvariantCulture) - 1), (inputs, _) =>
                    [("last_hidden_state", t5.Forward(inputs["input_ids"].narrow(1, 0, T5Tokens).remainder(T5Ids)))]);
            case "transformer":
                return Transformer(file, folder, name);
            default:
                return null;
        }
    }

    private static LoraGoldenPart Transformer(GoldenFile file, string folder, string name)
    {
        var place = Path.GetRelativePath(file.Root, folder);
        if (ConfigFile.Read(Path.Combine(folder, "config.json")).Text("_class_name") == FluxConfig.ClassName)
        {
            var flux = FlowGolden.Flux(file, place);
            return new(name, LoraAdapter.PartOf(flux), (inputs, key) => [("out", flux.Forward(
                inputs[$"{key}.hidden_states"], inputs[$"{key}.timestep"], Told(inputs, key) with { Guidance = inputs[$"{key}.guidance"] },
                inputs[$"{key}.txt_ids"], inputs[$"{key}.img_ids"]))]);
        }

        // Both kinds of SD3 are given the same.
        var sd3 = FlowGolden.Sd3(file, place);
        return new(name, LoraAdapter.PartOf(sd3), (inputs, _) =>
            [("out", sd3.Forward(inputs["sd3.hidden_states"], inputs["sd3.timestep"], Told(inputs, "sd3")))]);
    }

    // The golden set's text encoders are also loaded without their projection, which a config then does not tell.
    private static ClipTextEncoder Clip(string folder, Device device)
    {
        using var weights = new CheckpointWeights(folder, "model", device: device);
        var config = ConfigFile.Read(Path.Combine(folder, "config.json"));
        return new(ClipTextConfig.Read(config, weights.Has("text_projection.weight")), weights);
    }

    private static bool IsClip(string folder) =>
        ConfigFile.Read(Path.Combine(folder, "config.json")).Text("model_type", "") == "clip_text_model";

    private static TextConditioning Told(GoldenFile inputs, string key) => new(inputs[$"{key}.encoder_hidden_states"],
        Pooled(inputs, key), inputs.Has($"{key}.time_ids") ? inputs[$"{key}.time_ids"] : null);

    private static Tensor? Pooled(GoldenFile inputs, string key) => new[] { $"{key}.text_embeds", $"{key}.pooled_projections" }
        .Where(inputs.Has).Select(name => inputs[name]).FirstOrDefault();

    private static IEnumerable<(string, Tensor)> Of(EncodedText text) =>
    [
        ("last_hidden_state", text.Last), ("penultimate_hidden_state", text.Penultimate), ("pooler_output", text.Pooled),
        .. text.Projected is null ? [] : new[] { ("text_embeds", text.Projected) },
    ];
}
