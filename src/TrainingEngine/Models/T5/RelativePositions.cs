using Labeler.TrainingEngine.Models.Layers;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Models.T5;

/// <summary>
/// T5's positions (arXiv 1910.10683, section 2.1): a number for every head and bucket of distances, added to the scores.
/// Half of the buckets are for tokens behind; near distances have their own, farther ones share in logarithmic steps.
/// </summary>
internal sealed class RelativePositions(ModelPart part, T5Config config)
{
    private readonly Embedding _table = new(part, "relative_attention_bias", config.Distances.Count, config.Heads);

    /// <returns>[1, heads, length, length]: row is the token that looks, column the one looked at.</returns>
    public Tensor Forward(long length)
    {
        using var scope = NewDisposeScope();
        var places = arange(length, ScalarType.Int64, _table.Weight.device);
        var distances = places.unsqueeze(0) - places.unsqueeze(1);
        return scope.MoveToOuter(_table.Forward(Bucket(distances)).permute(2, 0, 1).unsqueeze(0).contiguous());
    }

    private Tensor Bucket(Tensor distances)
    {
        var half = config.Distances.Count / 2;
        var exact = half / 2;
        var far = distances.abs();
        // In float32, as the original rounds.
        var steps = log(far.clamp_min(1).to(ScalarType.Float32) / (double)exact)
            / Math.Log(config.Distances.Farthest / (double)exact) * (double)(half - exact);
        var shared = (steps.to(ScalarType.Int64) + exact).clamp_max(half - 1);
        return (distances > 0).to(ScalarType.Int64) * half + where(far < exact, far, shared);
    }
}
