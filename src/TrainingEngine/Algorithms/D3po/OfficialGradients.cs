using Labeler.TrainingEngine.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Algorithms.D3po;

/// <summary>
/// Gradients of D3PO as the authors' program computes them: a pair and a timestep at a time, four guided U-Net calls
/// (winner and loser, each under the policy and under the reference), nothing shared between pairs.
/// </summary>
/// <param name="policy">The model that is trained.</param>
/// <param name="weights">Where gradients are summed.</param>
/// <param name="reference">The weights of the policy that sampled, which stand for the authors' copied U-Net.</param>
/// <param name="options">Of the loss.</param>
public sealed class OfficialGradients(Policy policy, TrainableWeights weights, ReferenceWeights reference, D3poOptions options)
    : ID3poGradients
{
    /// <inheritdoc />
    public IReadOnlyDictionary<int, TimestepStatistics> Add(PlannedStep step, EpochData data, CancellationToken cancellation)
    {
        var objective = new D3poObjective(step, options, 2 * step.Preferences.Count);
        var statistics = step.SamplingSteps.ToDictionary(sampling => sampling, _ => new TimestepStatistics());
        foreach (var pair in step.Preferences)
        {
            foreach (var sampling in step.SamplingSteps)
            {
                cancellation.ThrowIfCancellationRequested();
                using var scope = NewDisposeScope();
                weights.AddGradients(OfPair(pair, sampling, objective, data, statistics[sampling]));
            }
        }
        return statistics;
    }

    private IList<Tensor> OfPair(PreferencePair pair, int sampling, D3poObjective objective, EpochData data, TimestepStatistics statistics)
    {
        PolicyRows[] rows = [data.Rows(pair.Group, [pair.Winner], sampling), data.Rows(pair.Group, [pair.Loser], sampling)];
        Tensor referenced;
        using (reference.InPlaceOf(weights))
        {
            referenced = cat([.. rows.Select(row => policy.Score(row).LogProbabilities)]);
        }
        return policy.Gradients(rows, scores =>
        {
            var loss = objective.Pairs(
                cat([.. scores.Select(score => score.LogProbabilities)]), referenced, [new RowPair(0, 1, pair.Weight)], sampling, statistics);
            return scores.Zip(rows).Aggregate(loss, (sum, scored) => objective.AddDivergences(sum, scored.First, scored.Second, statistics));
        }, weights.Leaves);
    }
}
