using Labeler.TrainingEngine.Training.Data;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Algorithms.D3po;

// How a part's gradients are computed.
public sealed partial class D3poObjective
{
    private IList<Tensor> OfPair(Part part, Tensor reference, Tensor[] leaves)
    {
        var rows = RowsOf(part);
        return policy.Gradients(rows, scores =>
        {
            var loss = _loss!.OfPairs(
                cat([.. scores.Select(score => score.LogProbabilities)]), reference, [new RowPair(0, 1, part.Pair!.Weight)],
                    part.SamplingStep, part.Statistics);
            return scores.Zip(rows)
                .Aggregate(loss, (sum, scored) => _loss.AddDivergences(sum, scored.First, scored.Second, part.Statistics));
        }, leaves);
    }

    // Of steps drawn anew the means are known now alone.
    private PolicyRows RowsOf(MicroBatch batch, Tensor? means)
    {
        var rows = data.Rows(batch);
        return means is null ? rows : rows.Under(means, data.Steps) with { BaseMeans = SampledByBase ? means : rows.BaseMeans };
    }

    private IList<Tensor> AtOnce(Part part, MicroBatch batch, Tensor? means, Tensor[] leaves)
    {
        var rows = RowsOf(batch, means);
        return policy.Gradients([rows], scores => _loss!.AddDivergences(
            _loss.OfPairs(scores[0].LogProbabilities, rows.Reference, batch.RowPairs(), rows.SamplingStep, part.Statistics),
            scores[0], rows, part.Statistics), leaves);
    }

    // The pairs' loss is a function of all log-probabilities of the group, which do not fit in memory with their graphs:
    // take them without graphs first, differentiate the loss by them, and pass that through the model a part at a time.
    private IList<Tensor> InParts(Part part, MicroBatch batch, Tensor? means, Tensor[] leaves)
    {
        var rows = RowsOf(batch, means);
        var pieces = rows.Parts(imagesAtOnce);
        var logProbabilities = cat([.. pieces.Select(piece => policy.Score(piece).LogProbabilities)]).requires_grad_();
        var loss = _loss!.OfPairs(logProbabilities, rows.Reference, batch.RowPairs(), rows.SamplingStep, part.Statistics);
        var slopes = autograd.grad([loss], [logProbabilities])[0].split([.. pieces.Select(piece => piece.Count)]);

        IList<Tensor>? sums = null;
        for (var index = 0; index < pieces.Count; index++)
        {
            using var scope = NewDisposeScope();
            // Texts whose encoders are trained are encoded anew for every piece: its backward pass frees what it went through.
            var (piece, slope) = (RowsOf(batch, means).Parts(imagesAtOnce)[index], slopes[index]);
            var gradients = policy.Gradients([piece], scores => _loss.AddDivergences(
                (scores[0].LogProbabilities * slope).sum(), scores[0], piece, part.Statistics), leaves);
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
