using Labeler.TrainingEngine.Compute;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Training.Loop;

/// <summary>
/// The gradients of one optimizer step: the reference is asked about every part first, then the parts are computed side by
/// side and added up in their order, so that the number of threads does not change a bit.
/// </summary>
/// <param name="weights">Where gradients are summed.</param>
/// <param name="threads">Who computes parts.</param>
/// <param name="reference">Weights that the objective compares with; null where it needs none.</param>
public sealed class StepGradients(TrainableWeights weights, ComputeThreads threads, ReferenceWeights? reference)
{
    /// <summary>Adds a step's gradients; returns its figures.</summary>
    public SortedDictionary<string, double> Add(IObjective objective, int step, CancellationToken stop)
    {
        var answers = new Tensor?[objective.Begin(step)];
        var figures = new SortedDictionary<string, double>(StringComparer.Ordinal);
        try
        {
            AskReference(objective, answers, stop);
            Survey(objective, answers, stop);
            threads.Run(answers.Length, part => objective.Compute(part, answers[part], weights.Leaves),
                (_, result) => Take(result, figures), stop);
        }
        finally
        {
            Array.ForEach(answers, answer => answer?.Dispose());
        }
        return figures;
    }

    private void AskReference(IObjective objective, Tensor?[] answers, CancellationToken stop)
    {
        if (reference is null)
        {
            return;
        }
        using var instead = reference.InPlaceOf(weights);
        threads.Run(answers.Length, part =>
        {
            using var scope = NewDisposeScope();
            using var untracked = no_grad();
            return objective.Refer(part).DetachFromDisposeScope();
        }, (part, answer) => answers[part] = answer, stop);
    }

    private void Survey(IObjective objective, Tensor?[] answers, CancellationToken stop)
    {
        if (!objective.Surveys)
        {
            return;
        }
        var sum = 0.0;
        threads.Run(answers.Length, part =>
        {
            using var untracked = no_grad();
            return objective.Survey(part, answers[part]);
        }, (_, share) => sum += share, stop);
        objective.TakeSurvey(sum);
    }

    private void Take(PartResult result, SortedDictionary<string, double> figures)
    {
        weights.AddGradients(result.Gradients);
        foreach (var gradient in result.Gradients)
        {
            gradient?.Dispose();
        }
        foreach (var (name, share) in result.Figures)
        {
            figures[name] = figures.GetValueOrDefault(name) + share;
        }
    }
}
