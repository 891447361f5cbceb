using System.Text.Json.Nodes;
using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Compute.Ranks;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Training.Loop;

/// <summary>
/// The gradients of one optimizer step: the reference is asked about every part first, then the parts are computed side by
/// side and added up in their order, so that the number of threads does not change a bit. Several ranks deal the parts out among them
/// and add up what each has: their number changes the last bits.
/// </summary>
/// <param name="weights">Where gradients are summed.</param>
/// <param name="threads">Who computes parts.</param>
/// <param name="reference">Weights that the objective compares with; null where it needs none.</param>
/// <param name="ranks">Who trains together; this process alone where nothing is said.</param>
public sealed class StepGradients(TrainableWeights weights, ComputeThreads threads, ReferenceWeights? reference, IRanks? ranks = null)
{
    private readonly IRanks _ranks = ranks ?? SingleRank.Only;

    // What a rank tells the others of a part.
    private sealed record Share(int Part, IReadOnlyDictionary<string, double> Figures, JsonNode? Counted);

    /// <summary>Adds a step's gradients; returns its figures.</summary>
    public SortedDictionary<string, double> Add(IObjective objective, int step, CancellationToken stop)
    {
        var count = objective.Begin(step);
        int[] own = [.. Enumerable.Range(0, count).Where(part => part % _ranks.Count == _ranks.Rank)];
        var answers = new Tensor?[own.Length];
        var shares = new List<Share>();
        try
        {
            AskReference(objective, own, answers, stop);
            Survey(objective, own, answers, stop);
            threads.Run(own.Length, at => objective.Compute(own[at], answers[at], weights.Leaves), (at, result) =>
            {
                Take(result.Gradients);
                shares.Add(new(own[at], result.Figures, _ranks.Count > 1 ? objective.Counted(own[at]) : null));
            }, stop);
        }
        finally
        {
            Array.ForEach(answers, answer => answer?.Dispose());
        }
        _ranks.Sum(weights.Gradients);
        return Figures(objective, _ranks.Gather(shares));
    }

    private void AskReference(IObjective objective, int[] own, Tensor?[] answers, CancellationToken stop)
    {
        if (reference is null)
        {
            return;
        }
        using var instead = reference.InPlaceOf(weights);
        threads.Run(own.Length, at =>
        {
            using var scope = NewDisposeScope();
            using var untracked = no_grad();
            return objective.Refer(own[at]).DetachFromDisposeScope();
        }, (at, answer) => answers[at] = answer, stop);
    }

    private void Survey(IObjective objective, int[] own, Tensor?[] answers, CancellationToken stop)
    {
        if (!objective.Surveys)
        {
            return;
        }
        var shares = new Dictionary<int, double>();
        threads.Run(own.Length, at =>
        {
            using var untracked = no_grad();
            return objective.Survey(own[at], answers[at]);
        }, (at, share) => shares[own[at]] = share, stop);
        objective.TakeSurvey(_ranks.Gather(shares).SelectMany(all => all).OrderBy(share => share.Key).Sum(share => share.Value));
    }

    private SortedDictionary<string, double> Figures(IObjective objective, IReadOnlyList<List<Share>> ofRanks)
    {
        var figures = new SortedDictionary<string, double>(StringComparer.Ordinal);
        foreach (var share in ofRanks.SelectMany(shares => shares).OrderBy(share => share.Part))
        {
            if (share.Counted is { } counted)
            {
                objective.TakeCounted(share.Part, counted);
            }
            foreach (var (name, value) in share.Figures)
            {
                figures[name] = figures.GetValueOrDefault(name) + value;
            }
        }
        return figures;
    }

    private void Take(IList<Tensor> gradients)
    {
        weights.AddGradients(gradients);
        foreach (var gradient in gradients)
        {
            gradient?.Dispose();
        }
    }
}
