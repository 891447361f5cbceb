using Labeler.TrainingEngine.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Algorithms.D3po;

/// <summary>
/// Before the first update the policy is the one that sampled, so every ratio must be 1. Where it is not, the trajectories
/// are another model's or were scored before they were rounded, and training would follow noise.
/// </summary>
internal sealed class RatioSelfCheck(Policy policy, EpochData data, D3poOptions options, ScalarType type)
{
    // Numbers of 8 or 11 bits give other log-probabilities in other batches.
    private const double NarrowTolerance = 0.05;

    /// <summary>Checks the plan's first group at every timestep that is trained on.</summary>
    /// <exception cref="EngineException">A deviation is too large; names the largest.</exception>
    public IReadOnlyList<RatioCheck> Run(IReadOnlyList<PlannedStep> plan, int imagesAtOnce, CancellationToken cancellation)
    {
        var group = plan[0].Groups.First();
        data.Load([group]);
        var checks = plan.SelectMany(step => step.SamplingSteps).Distinct().Order().Select(step =>
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var rows = data.Rows(group, [.. Enumerable.Range(0, data.Sizes[group])], step);
            var scores = cat([.. rows.Parts(imagesAtOnce).Select(part => policy.Score(part).LogProbabilities)]);
            return new RatioCheck(step, data.Timesteps[step], (scores - rows.Reference).abs().max().item<float>());
        }).ToArray();
        var tolerance = type == ScalarType.Float32 ? options.RatioTolerance : Math.Max(options.RatioTolerance, NarrowTolerance);
        // A NaN is larger than any tolerance.
        var worst = checks.MaxBy(check => double.IsNaN(check.Deviation) ? double.PositiveInfinity : check.Deviation)!;
        return worst.Deviation <= tolerance ? checks : throw new EngineException(
            $"the self-check failed: before any update the log-probability of group {group} at timestep {worst.Timestep} deviates by {worst.Deviation:g4} from the one stored at sampling (allowed {tolerance:g4}); "
            + "train with the model and adapter that sampled, or sample again");
    }
}
