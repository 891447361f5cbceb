using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Models.Texts;
using Labeler.TrainingEngine.Models.Transformers;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Verification.Flow;

/// <summary>The text encoders of flow models: each for stored ids, and all of them for the prompts themselves.</summary>
internal static class FlowTextCheck
{
    // Measured differences are at most 6e-6; the tolerance is the one suggested with the files.
    private const double Largest = 3e-5;

    public static IEnumerable<Finding> Sd3(GoldenFile file)
    {
        using var untracked = no_grad();
        var model = file.Model;
        var (meta, name) = (file.Json("meta.json"), Path.GetFileName(model));
        var texts = FlowGolden.Sd3Texts(file, name);
        var (prompts, length) = (FlowGolden.Strings(meta.GetProperty("prompts")), meta.GetProperty("max_sequence_length").GetInt32());
        var three = FlowGolden.Strings(meta.GetProperty("three_prompts"));
        return
        [
            .. Clip(file, name, "text_encoder", "clip1"), .. Clip(file, name, "text_encoder_2", "clip2"), .. T5(file, name),
            .. Text(file, "", texts.Encode([prompts], length)),
            .. Text(file, "negative_", texts.Encode([FlowGolden.Strings(meta.GetProperty("negative_prompts_of_text_encoder_file"))],
                length)),
            .. Text(file, "clip_skip1.", texts.Encode([[prompts[0]]], length, clipSkip: 1)),
            .. Text(file, "three_prompts.", texts.Encode([[three[0]], [three[1]], [three[2]]], length)),
        ];
    }

    public static IEnumerable<Finding> Flux(GoldenFile file)
    {
        using var untracked = no_grad();
        var meta = file.Json("meta.json");
        var texts = FlowGolden.FluxTexts(file, Path.GetFileName(file.Model));
        var length = meta.GetProperty("max_sequence_length").GetInt32();
        var two = FlowGolden.Strings(meta.GetProperty("two_prompts"));
        return
        [
            .. Text(file, "", texts.Encode([FlowGolden.Strings(meta.GetProperty("prompts"))], length)),
            .. Text(file, "two_prompts.", texts.Encode([[two[0]], [two[1]]], length)),
            .. Compare.Tensors("text_ids", FluxPacking.TextPlaces(length, file.Device), file["text_ids"], 0),
        ];
    }

    /// <summary>A prompt as the pipelines encode it.</summary>
    public static IEnumerable<Finding> Text(GoldenFile file, string branch, TextConditioning text) =>
    [
        .. Compare.Tensors($"{branch}prompt_embeds", text.Context, file[$"{branch}prompt_embeds"], Largest),
        .. Compare.Tensors(Pooled(branch), text.Pooled!, file[Pooled(branch)], Largest),
    ];

    private static string Pooled(string branch) => $"{branch}pooled_prompt_embeds";

    private static IEnumerable<Finding> Clip(GoldenFile file, string model, string part, string key)
    {
        var text = TextFolders.Clip(FlowGolden.Part(file, model, part), file.Device).Forward(file[$"{key}.input_ids"]);
        return
        [
            .. Compare.Tensors($"{key}.penultimate_hidden_state", text.Penultimate, file[$"{key}.penultimate_hidden_state"], Largest),
            .. Compare.Tensors($"{key}.last_hidden_state", text.Last, file[$"{key}.last_hidden_state"], Largest),
            .. Compare.Tensors($"{key}.text_embeds", text.Projected
                ?? throw new EngineException($"{part}: the model has no projection"), file[$"{key}.text_embeds"], Largest),
        ];
    }

    private static IEnumerable<Finding> T5(GoldenFile file, string model)
    {
        var encoder = TextFolders.T5(FlowGolden.Part(file, model, "text_encoder_3"), file.Device);
        var seen = new Dictionary<string, Tensor>();
        encoder.Watch.Seen = (path, output) => seen[path] = output.clone().MoveToOuterDisposeScope();
        var last = encoder.Forward(file["t5.input_ids"]);
        encoder.Watch.Seen = null;
        return
        [
            .. Compare.Tensors("t5.last_hidden_state", last, file["t5.last_hidden_state"], Largest),
            .. Compare.Tensors("t5.block0_hidden_state", seen["block.0"], file["t5.block0_hidden_state"], Largest),
            .. Compare.Tensors("t5.position_bias", seen["position_bias"], file["t5.position_bias"], Largest),
            .. Compare.Tensors("t5_long.last_hidden_state", encoder.Forward(file["t5_long.input_ids"]),
                file["t5_long.last_hidden_state"], Largest),
        ];
    }
}
