using Labeler.TrainingEngine.Models.Layers;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Lora;

/// <summary>How new branches begin.</summary>
/// <param name="Targets">Layers with a branch.</param>
/// <param name="Rank">Inner width.</param>
/// <param name="Alpha">Scale times rank.</param>
/// <param name="Seed">Of the start values.</param>
public sealed record NewBranches(LoraTargets Targets, int Rank, double Alpha, int Seed)
{
    /// <summary>Branches that change nothing yet: down normal with standard deviation 1/rank, up zero. A part's do not depend on those
    /// after it.</summary>
    /// <exception cref="EngineException">An impossible rank, or no layer of a part is meant.</exception>
    internal Dictionary<string, LoraTensors> Make(IReadOnlyList<LoraPartLayers> parts)
    {
        if (Rank < 1 || !double.IsFinite(Alpha) || Alpha == 0)
        {
            throw new EngineException($"an adapter needs a rank of at least 1 and an alpha other than 0, not {Rank} and {Alpha}");
        }
        using var generator = new Generator(unchecked((ulong)Seed));
        var branches = new Dictionary<string, LoraTensors>();
        foreach (var part in parts)
        {
            var meant = part.Layers.Where(layer => Targets.Mean(layer.Path, layer is Conv2d)).ToList();
            if (meant.Count == 0)
            {
                throw new EngineException($"no layer of this model{(part.Name is "unet" or "transformer" ? "" : $"'s {part.Name}")} "
                    + $"is among {Targets}");
            }
            foreach (var layer in meant)
            {
                var shape = layer.Weight.shape;
                var down = randn([Rank, .. shape[1..]], generator: generator).div_(Rank);
                branches.Add($"{part.Name}.{layer.Path}",
                    new(down, zeros([shape[0], Rank, .. shape[2..].Select(_ => 1L)]), Alpha));
            }
        }
        return branches;
    }
}
