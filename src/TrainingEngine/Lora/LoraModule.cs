using Labeler.Shared.Memory;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Lora;

/// <summary>One branch of a file: for one layer, or for several that the file's layout has in one.</summary>
/// <param name="targets">The layers.</param>
internal sealed class LoraModule(IReadOnlyList<LoraTarget> targets)
{
    /// <summary>What the file holds of it, with its keys.</summary>
    public Dictionary<LoraPart, (string Key, Tensor Tensor)> Tensors { get; } = [];

    /// <summary>The branches of the layers.</summary>
    /// <param name="model">What they are for.</param>
    /// <param name="scales">What is said about scales.</param>
    /// <param name="problems">Gets a line for everything wrong.</param>
    public IEnumerable<(string Layer, LoraTensors Branch)> Branches(LoraBase model, LoraScales scales, List<string> problems)
    {
        if (!Tensors.TryGetValue(LoraPart.Down, out var down) || !Tensors.TryGetValue(LoraPart.Up, out var up))
        {
            var only = Tensors.ContainsKey(LoraPart.Down) ? "down" : Tensors.ContainsKey(LoraPart.Up) ? "up" : "alpha";
            problems.Add($"{targets[0].Layer} has only {only}");
            return [];
        }
        var told = Tensors.TryGetValue(LoraPart.Alpha, out var stored);
        if (told && stored.Tensor.numel() != 1)
        {
            problems.Add($"{stored.Key} is {Shapes.Told(stored.Tensor.shape)} and should be one number");
        }
        var wrong = targets.FirstOrDefault(target => !Fits(target, model.Shapes[target.Layer], down.Tensor, up.Tensor));
        if (wrong.Layer is not null)
        {
            problems.Add(Misshapen(model.Shapes[wrong.Layer], down, up));
            return [];
        }
        if (told && stored.Tensor.numel() != 1)
        {
            return [];
        }
        double? alpha = told ? stored.Tensor.to(ScalarType.Float64).reshape([]).item<double>() : null;
        var rank = down.Tensor.shape[0];
        if (alpha is { } value && !double.IsFinite(value) || !down.Tensor.isfinite().all().item<bool>()
            || !up.Tensor.isfinite().all().item<bool>())
        {
            problems.Add($"{targets[0].Layer} holds values that are not finite");
            return [];
        }
        return targets.Select(target => (target.Layer,
            Branch(target, model.Shapes[target.Layer], AsRead(target, model, down.Tensor), up.Tensor,
                scales.Alpha(target.Layer, rank, alpha))));
    }

    // diffusers swaps the halves of both matrices of FLUX's last layer, so that its ranks change places: its readers' pictures are these.
    private static Tensor AsRead(LoraTarget target, LoraBase model, Tensor down) =>
        target.Piece == Piece.SwappedHalves && model.Family == ModelFamily.Flux ? cat([.. down.chunk(2).Reverse()]) : down;

    private static LoraTensors Branch(LoraTarget target, long[] weight, Tensor down, Tensor up, double alpha)
    {
        var rank = down.shape[0];
        var own = target.Piece.Cut(up.to(ScalarType.Float32).reshape(up.shape[0], rank), weight[0]);
        return new(down.to(ScalarType.Float32).reshape([rank, .. weight[1..]]).contiguous(),
            own.reshape([weight[0], rank, .. weight[2..].Select(_ => 1L)]).contiguous(), alpha);
    }

    private static bool Fits(LoraTarget target, long[] weight, Tensor down, Tensor up)
    {
        var rank = down.shape.FirstOrDefault();
        return rank > 0 && Essential(down.shape).SequenceEqual(Essential([rank, .. weight[1..]]))
            && Essential(up.shape) is { Length: 2 } && target.Piece.Fit(Essential(up.shape), [weight[0], rank]);
    }

    private static string Misshapen(long[] weight, (string Key, Tensor Tensor) down, (string Key, Tensor Tensor) up) =>
        $"{down.Key} is {Shapes.Told(down.Tensor.shape)} and {up.Key} is {Shapes.Told(up.Tensor.shape)}; for a weight "
            + $"{Shapes.Told(weight)} they should be [rank, {string.Join(", ", weight[1..])}] and "
            + $"[{string.Join(", ", [$"{weight[0]}", "rank", .. weight[2..].Select(_ => "1")])}]";

    // 1×1 convolutions and linear layers may stand in for each other.
    private static long[] Essential(long[] shape) => shape is [_, _, 1, 1] ? shape[..2] : shape;
}
