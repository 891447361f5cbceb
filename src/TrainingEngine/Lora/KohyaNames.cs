using Labeler.Shared.Memory;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Lora;

/// <summary>Branches under the names of kohya's trainer, those together that the makers' layout has in one layer.</summary>
internal static class KohyaNames
{
    /// <summary>The branches as such a file has them.</summary>
    /// <param name="branches">By layer, <c>unet.conv_in</c>.</param>
    /// <param name="model">What they are for; without it a U-Net with one text encoder is meant.</param>
    public static IEnumerable<(string Name, LoraTensors Tensors)> Of(IReadOnlyDictionary<string, LoraTensors> branches, LoraBase? model)
    {
        foreach (var (layer, branch) in branches)
        {
            var (part, path) = LoraBase.Split(layer);
            if (part != "transformer")
            {
                yield return ($"{Prefix(part, model, branches)}{path.Replace('.', '_')}", branch);
            }
        }
        if (model?.Parts.GetValueOrDefault("transformer") is not { } transformer)
        {
            yield break;
        }
        var theirs = ForeignLayers.Of("transformer", [.. transformer.Keys])
            .Where(name => !name.Name.Contains(".processor.", StringComparison.Ordinal)).GroupBy(name => name.Name, name => name.Target);
        foreach (var group in theirs)
        {
            if (group.Any(target => branches.ContainsKey(target.Layer)))
            {
                yield return ($"lora_unet_{group.Key.Replace('.', '_')}", Joined([.. group], branches, model));
            }
        }
    }

    private static string Prefix(string part, LoraBase? model, IReadOnlyDictionary<string, LoraTensors> branches)
    {
        var several = model is null ? branches.Keys.Any(layer => layer.StartsWith("text_encoder_", StringComparison.Ordinal))
            : model.Parts.Keys.Count(name => name.StartsWith("text_encoder", StringComparison.Ordinal)) > 1;
        // T5 has the third place in FLUX too, where it is the second encoder.
        var third = part == "text_encoder_3" || (part == "text_encoder_2"
            && model?.Parts[part].ContainsKey("encoder.block.0.layer.0.SelfAttention.q") == true);
        return part switch
        {
            "unet" => "lora_unet_",
            "text_encoder" => several ? "lora_te1_" : "lora_te_",
            _ => third ? "lora_te3_" : "lora_te2_",
        };
    }

    /// <summary>One branch for the layer that several are in the makers' layout: their ranks beside each other, zero elsewhere.</summary>
    private static LoraTensors Joined(LoraTarget[] targets, IReadOnlyDictionary<string, LoraTensors> branches, LoraBase model)
    {
        if (targets is [{ Piece: Piece.Whole } alone])
        {
            return branches[alone.Layer];
        }
        var present = targets.Where(target => branches.ContainsKey(target.Layer)).ToArray();
        if (targets is [{ Piece: Piece.SwappedHalves }])
        {
            var swapped = branches[targets[0].Layer];
            var halves = swapped with { Up = Piece.SwappedHalves.Cut(swapped.Up, swapped.Up.shape[0]) };
            // Half of it twice is the same for readers that change FLUX's ranks about, see LoraModule, and for those that do not.
            return model.Family != ModelFamily.Flux ? halves
                : new(cat([halves.Down, halves.Down]), cat([halves.Up / 2, halves.Up / 2], 1), halves.Alpha * 2);
        }
        var first = branches[present[0].Layer];
        var shared = present.All(target => branches[target.Layer] is var one && one.Scale.Equals(first.Scale)
            && one.Down.shape.SequenceEqual(first.Down.shape) && one.Down.eq(first.Down).all().item<bool>());
        var rank = shared ? first.Rank : present.Sum(target => branches[target.Layer].Rank);
        var up = zeros([targets.Sum(target => model.Shapes[target.Layer][0]), rank], device: first.Up.device);
        var at = 0L;
        foreach (var target in present)
        {
            var branch = branches[target.Layer];
            var rows = target.Piece.Cut(up, branch.Up.shape[0]);
            (shared ? rows : rows.narrow(1, at, branch.Rank)).copy_(shared ? branch.Up : branch.Up * branch.Scale);
            at += branch.Rank;
        }
        return shared ? new(first.Down, up, first.Alpha)
            : new(cat([.. present.Select(target => branches[target.Layer].Down)]), up, rank);
    }
}
