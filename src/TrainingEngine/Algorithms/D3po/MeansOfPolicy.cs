using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Compute.Ranks;
using Labeler.TrainingEngine.Training.Data;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Algorithms.D3po;

/// <summary>Computes the means that divergence terms compare with, once, before the weights move. Ranks share the groups.</summary>
internal sealed class MeansOfPolicy(
    Policy policy, EpochData data, IReadOnlyList<PlannedStep> plan, int imagesAtOnce, IRanks? ranks = null, bool redraws = false)
{
    private readonly IRanks _ranks = ranks ?? SingleRank.Only;

    // A group's steps in one pass.
    private sealed record Turn(int Group, int? Pass, int[] Steps);

    /// <summary>Keeps the policy's means as it is now, wherever they are needed and sampling did not keep them.</summary>
    /// <param name="ofBase">As the base model's; else as those of the policy that sampled.</param>
    /// <param name="threads">Sampling steps are shared between them.</param>
    public void Keep(bool ofBase, ComputeThreads threads, CancellationToken cancellation)
    {
        var turns = plan.SelectMany(step => step.Groups.SelectMany(group => step.SamplingSteps.Select(sampling =>
                (Group: group, Pass: redraws ? step.InnerEpoch : (int?)null, Step: sampling))))
            .Distinct().GroupBy(place => (place.Group, place.Pass), place => place.Step).OrderBy(of => of.Key)
            .Select(of => new Turn(of.Key.Group, of.Key.Pass, [.. of.Order()]));
        foreach (var turnsOfRanks in turns.Where(turn => ofBase || Lacks(turn)).Chunk(_ranks.Count))
        {
            Keep(turnsOfRanks, ofBase, threads, cancellation);
        }
        data.Pass = null;
    }

    private bool Lacks(Turn turn)
    {
        Begin(turn);
        return data.LacksMeans(turn.Group);
    }

    private void Begin(Turn turn)
    {
        data.Load([turn.Group]);
        data.Pass = turn.Pass;
    }

    // The n-th turn is rank n's; the sum with the others' zeros brings it to all.
    private void Keep(Turn[] turns, bool ofBase, ComputeThreads threads, CancellationToken cancellation)
    {
        var means = new List<Tensor[]>();
        try
        {
            foreach (var (rank, turn) in turns.Index())
            {
                Begin(turn);
                means.Add(rank == _ranks.Rank ? Compute(turn, threads, cancellation) : Zeros(turn));
            }
            _ranks.Sum([.. means.SelectMany(ofTurn => ofTurn)]);
            foreach (var (turn, ofTurn) in turns.Zip(means))
            {
                data.Pass = turn.Pass;
                foreach (var (step, ofStep) in turn.Steps.Zip(ofTurn))
                {
                    data.KeepMeans(turn.Group, step, ofStep, ofBase);
                }
            }
        }
        finally
        {
            means.ForEach(ofTurn => Array.ForEach(ofTurn, ofStep => ofStep.Dispose()));
        }
    }

    private Tensor[] Compute(Turn turn, ComputeThreads threads, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var rows = Array.ConvertAll(turn.Steps, step => data.Rows(turn.Group, Images(turn), step));
        var means = new Tensor[rows.Length];
        threads.Run(rows.Length, at =>
        {
            using var inner = NewDisposeScope();
            return cat([.. rows[at].Parts(imagesAtOnce).Select(part => policy.Score(part).Means)]).cpu().DetachFromDisposeScope();
        }, (at, ofStep) => means[at] = ofStep, cancellation);
        return means;
    }

    private Tensor[] Zeros(Turn turn)
    {
        using var scope = NewDisposeScope();
        var shape = data.Rows(turn.Group, Images(turn), turn.Steps[0]).Latents.shape;
        return Array.ConvertAll(turn.Steps, _ => zeros(shape).DetachFromDisposeScope());
    }

    private int[] Images(Turn turn) => [.. Enumerable.Range(0, data.Sizes[turn.Group])];
}
