using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Models.UNet;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Verification;

/// <summary>The U-Net's prediction for each case of the file (<c>a</c>, <c>b</c>, …), and its parts' outputs (<c>a.dbg.…</c>) where they
/// are stored.</summary>
internal static class UNetCheck
{
    private const string Sample = ".sample";
    private const string FirstAttention = "first_attn.";

    public static IEnumerable<Finding> Run(GoldenFile file)
    {
        using var untracked = no_grad();
        var unet = StableDiffusion.LoadUnet(Path.Combine(file.Model, "unet"), file.Device);
        return [.. file.Tensors.Keys.Where(key => key.EndsWith(Sample, StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            .SelectMany(key => Case(file, unet, key[..^Sample.Length]))];
    }

    private static IEnumerable<Finding> Case(GoldenFile file, UNet2DConditionModel unet, string name)
    {
        var text = new TextConditioning(
            file[$"{name}.encoder_hidden_states"],
            file.Has($"{name}.text_embeds") ? file[$"{name}.text_embeds"] : null,
            file.Has($"{name}.time_ids") ? file[$"{name}.time_ids"] : null);
        var seen = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        unet.Watch.Seen = (path, output) => seen[path] = output.clone().DetachFromDisposeScope();
        var predicted = unet.Forward(file[$"{name}{Sample}"], file[$"{name}.timesteps"], text);
        unet.Watch.Seen = null;
        var parts = $"{name}.dbg.";
        return
        [
            .. Compare.Tensors($"{name}.out", predicted, file[$"{name}.out"], 5e-5, 2e-5),
            .. file.Tensors.Where(pair => pair.Key.StartsWith(parts, StringComparison.Ordinal))
                .SelectMany(pair => Compare.Tensors(pair.Key, Part(seen, unet, pair.Key[parts.Length..]), pair.Value, 1e-4, 2e-5)),
        ];
    }

    private static Tensor Part(Dictionary<string, Tensor> seen, UNet2DConditionModel unet, string name)
    {
        var path = name.StartsWith(FirstAttention, StringComparison.Ordinal) ? InFirstAttention(unet, name[FirstAttention.Length..]) : name;
        return seen.TryGetValue(path, out var output) ? output
            : throw new EngineException($"the U-Net has no part {path}, which the golden file names {name}");
    }

    /// <summary>The path of a part of the first cross-attention layer.</summary>
    private static string InFirstAttention(UNet2DConditionModel unet, string part)
    {
        var level = $"down_blocks.{Array.IndexOf(unet.Config.CrossAttention, true)}";
        return part switch
        {
            "resnet" => $"{level}.resnets.0",
            "transformer" => $"{level}.attentions.0",
            _ => $"{level}.attentions.0.transformer_blocks.0.{part}",
        };
    }
}
