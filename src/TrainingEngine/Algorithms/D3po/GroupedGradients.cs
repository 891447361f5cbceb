using Labeler.TrainingEngine.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Algorithms.D3po;

/// <summary>
/// Gradients of D3PO with one forward and backward per image and timestep: all pairs of a group share them, and the
/// reference is the log-probability stored at sampling. At fixed weights the result is the sum over the pairs of
/// <see cref="OfficialGradients"/>.
/// </summary>
/// <param name="policy">The model that is trained.</param>
/// <param name="weights">Where gradients are summed.</param>
/// <param name="workers">Who computes micro-batches.</param>
/// <param name="options">Of the loss.</param>
/// <param name="imagesAtOnce">Most images in one forward with gradients; a larger group is computed in parts.</param>
public sealed class GroupedGradients(Policy policy, TrainableWeights weights, ComputeThreads workers, D3poOptions options, int imagesAtOnce)
    : ID3poGradients
{
    private sealed record Result(IList<Tensor> Gradients, TimestepStatistics Statistics);

    /// <inheritdoc />
    public IReadOnlyDictionary<int, TimestepStatistics> Add(PlannedStep step, EpochData data, CancellationToken cancellation)
    {
        var batches = MicroBatch.Cut(step, imagesAtOnce);
        var objective = new D3poObjective(step, options, step.ImageCount);
        var statistics = step.SamplingSteps.ToDictionary(sampling => sampling, _ => new TimestepStatistics());
        workers.Run(batches.Count, job => Compute(batches[job], objective, data), (job, result) =>
        {
            weights.AddGradients(result.Gradients);
            statistics[batches[job].SamplingStep].Add(result.Statistics);
            foreach (var gradient in result.Gradients)
            {
                gradient?.Dispose();
            }
        }, cancellation);
        return statistics;
    }

    private Result Compute(MicroBatch batch, D3poObjective objective, EpochData data)
    {
        using var scope = NewDisposeScope();
        var rows = data.Rows(batch);
        var statistics = new TimestepStatistics();
        var gradients = batch.Images <= imagesAtOnce
            ? AtOnce(rows, batch, objective, statistics)
            : InParts(rows, batch, objective, statistics);
        foreach (var gradient in gradients)
        {
            gradient?.DetachFromDisposeScope();
        }
        return new Result(gradients, statistics);
    }

    private IList<Tensor> AtOnce(PolicyRows rows, MicroBatch batch, D3poObjective objective, TimestepStatistics statistics) =>
        policy.Gradients([rows], scores => objective.AddDivergences(
            objective.Pairs(scores[0].LogProbabilities, rows.Reference, batch.RowPairs(), rows.SamplingStep, statistics),
            scores[0], rows, statistics), weights.Leaves);

    // The pairs' loss is a function of all log-probabilities of the group, which do not fit in memory with their graphs:
    // take them without graphs first, differentiate the loss by them, and pass that through the model a part at a time.
    private IList<Tensor> InParts(PolicyRows rows, MicroBatch batch, D3poObjective objective, TimestepStatistics statistics)
    {
        var parts = rows.Parts(imagesAtOnce);
        var logProbabilities = cat([.. parts.Select(part => policy.Score(part).LogProbabilities)]).requires_grad_();
        var loss = objective.Pairs(logProbabilities, rows.Reference, batch.RowPairs(), rows.SamplingStep, statistics);
        var slopes = autograd.grad([loss], [logProbabilities])[0].split([.. parts.Select(part => part.Count)]);

        IList<Tensor>? sums = null;
        for (var index = 0; index < parts.Count; index++)
        {
            var (part, slope) = (parts[index], slopes[index]);
            using var scope = NewDisposeScope();
            var gradients = policy.Gradients([part], scores => objective.AddDivergences(
                (scores[0].LogProbabilities * slope).sum(), scores[0], part, statistics), weights.Leaves);
            if (sums is not null)
            {
                Add(sums, gradients);
                continue;
            }
            sums = gradients;
            foreach (var gradient in gradients)
            {
                gradient?.MoveToOuterDisposeScope();
            }
        }
        return sums!;
    }

    private static void Add(IList<Tensor> sums, IList<Tensor> gradients)
    {
        for (var i = 0; i < sums.Count; i++)
        {
            sums[i]?.add_(gradients[i]);
        }
    }
}
