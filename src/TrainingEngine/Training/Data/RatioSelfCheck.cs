using Labeler.TrainingEngine.Compute;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Training.Data;

/// <summary>
/// Before the first update the policy is the one that sampled, so every ratio must be 1. Where it is not, the trajectories
/// are another model's or were scored before they were rounded, and training would follow noise.
/// </summary>
/// <param name="policy">As it is before the first update.</param>
/// <param name="data">The trajectories.</param>
/// <param name="allowed">Largest deviation of a log-ratio from 0.</param>
internal sealed class RatioSelfCheck(Policy policy, EpochData data, double allowed)
{
    /// <summary>Checks one group at every sampling step that is trained on.</summary>
    /// <exception cref="EngineException">A deviation is too large; names the largest.</exception>
    public IReadOnlyList<object> Run(int group, IEnumerable<int> samplingSteps, int imagesAtOnce, CancellationToken cancellation)
    {
        data.Load([group]);
        var checks = samplingSteps.Distinct().Order().Select(step =>
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var rows = data.Rows(group, [.. Enumerable.Range(0, data.Sizes[group])], step);
            var scores = cat([.. rows.Parts(imagesAtOnce).Select(part => policy.Score(part).LogProbabilities)]);
            return new RatioCheck(step, data.Timesteps[step], (scores - rows.Reference).abs().max().item<float>());
        }).ToArray();
        var tolerance = MixedPrecision.RatioTolerance(allowed, policy.Type, data.Origin.ComputedIn);
        // A NaN is larger than any tolerance.
        var worst = checks.MaxBy(check => double.IsNaN(check.Deviation) ? double.PositiveInfinity : check.Deviation)!;
        return worst.Deviation <= tolerance ? checks : throw new EngineException(
            $"the self-check failed: before any update the log-probability of group {group} at timestep {worst.Timestep} deviates by "
                + $"{worst.Deviation:g4} from the one stored at sampling (allowed {tolerance:g4}); "
            + "train with the model and adapter that sampled, or sample again");
    }
}

/// <summary>A line of the metrics file: the self-check before the first update, when every ratio must be 1.</summary>
/// <param name="Deviation">Largest |log ratio| over the checked images.</param>
public sealed record RatioCheck(int SamplingStep, long Timestep, double Deviation)
{
    public string Kind => "ratio-check";
}
