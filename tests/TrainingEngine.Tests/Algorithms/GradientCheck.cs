using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Training;
using Labeler.TrainingEngine.Training.Loop;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Algorithms;

/// <summary>An objective's gradients against finite differences of its loss.</summary>
internal static class GradientCheck
{
    /// <summary>Along the gradient itself, the loss rises by its norm.</summary>
    /// <param name="model">The base model.</param>
    /// <param name="part">What is trained.</param>
    /// <param name="make">Makes the objective on the model as it is trained.</param>
    /// <param name="recompute">Whether activations are computed again.</param>
    /// <param name="along">The weights that are moved along their gradients, by name; null for all.</param>
    public static void Of(StableDiffusion model, TrainedPart part, Func<MemoryPlan, IObjective> make, bool recompute = false,
        Func<string, bool>? along = null)
    {
        using var trained = new TrainedModel(model, part, 3);
        using var weights = new TrainableWeights(trained.Parameters, new AdamWSettings(1e-3, 0.9, 0.999, 1e-8, 0));
        var objective = make(new MemoryPlan(2, recompute));
        using var generator = new Generator(5);
        Move(weights, weights.Leaves.Select(leaf => randn(leaf.shape, generator: generator) * 0.2).ToArray());
        Tensor?[] references = [.. Enumerable.Range(0, objective.Begin(0)).Select(part => objective.Reference == Reference.None ? null : objective.Refer(part))];
        Move(weights, weights.Leaves.Select(leaf => randn(leaf.shape, generator: generator) * 0.1).ToArray());

        if (objective.Surveys)
        {
            objective.TakeSurvey(references.Select((reference, part) => objective.Survey(part, reference)).Sum());
        }

        var gradients = weights.Leaves.Select(leaf => zeros_like(leaf).detach()).ToArray();
        Loss(objective, weights, references, gradients);
        gradients = [.. gradients.Zip(weights.Names, (gradient, name) => along?.Invoke(name) == false ? zeros_like(gradient) : gradient)];
        var norm = Math.Sqrt(gradients.Sum(gradient => gradient.pow(2).sum().item<float>()));
        Assert.True(norm > 1e-3, $"{norm}");
        double Along(double by)
        {
            var steps = gradients.Select(gradient => gradient * (by / norm)).ToArray();
            Move(weights, steps);
            var loss = Loss(objective, weights, references, null);
            Move(weights, [.. steps.Select(step => -step)]);
            return loss;
        }

        const double Step = 0.02;
        var slope = (Along(Step) - Along(-Step)) / (2 * Step);
        Assert.InRange(slope / norm, 0.97, 1.03);
    }

    private static double Loss(IObjective objective, TrainableWeights weights, Tensor?[] references, Tensor[]? sums)
    {
        var loss = 0.0;
        for (var part = 0; part < references.Length; part++)
        {
            var result = objective.Compute(part, references[part], weights.Leaves);
            loss += result.Figures["loss"];
            for (var leaf = 0; leaf < result.Gradients.Count; leaf++)
            {
                if (sums is not null && result.Gradients[leaf] is { IsInvalid: false } gradient)
                {
                    sums[leaf].add_(gradient);
                }
            }
        }

        return loss;
    }

    private static void Move(TrainableWeights weights, Tensor[] by)
    {
        using var untracked = no_grad();
        for (var leaf = 0; leaf < by.Length; leaf++)
        {
            weights.Leaves[leaf].add_(by[leaf]);
        }
    }
}
