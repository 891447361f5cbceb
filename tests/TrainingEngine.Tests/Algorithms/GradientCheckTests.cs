using Labeler.TrainingEngine.Algorithms.Ddpo;
using Labeler.TrainingEngine.Algorithms.Denoising;
using Labeler.TrainingEngine.Algorithms.DiffusionDpo;
using Labeler.TrainingEngine.Algorithms.DiffusionKto;
using Labeler.TrainingEngine.Algorithms.PolicyGradient;
using Labeler.TrainingEngine.Algorithms.RewardWeighted;
using Labeler.TrainingEngine.Training;
using Labeler.TrainingEngine.Training.Data;
using Labeler.TrainingEngine.Training.Loop;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Algorithms;

/// <summary>The gradients that objectives hand to the optimizer against finite differences of the losses that they report.</summary>
public sealed class GradientCheckTests : IDisposable
{
    private readonly TinyEpoch _tiny = new();

    public void Dispose() => _tiny.Dispose();

    [Fact]
    public void Of_a_policy_gradient()
    {
        using var data = new EpochData(_tiny.Epoch.Trajectories, Enumerable.Range(0, TinyEpoch.Groups), _tiny.Model, null);
        var options = new DdpoOptions { ImagesPerStep = 6, TimestepsPerStep = 3, LastStep = 2, Clip = 5 };
        Check(memory => new PolicyGradientObjective(_tiny.Model, data, Advantages.Of(_tiny.Epoch, Baseline.Batch), options, new Reinforce(), memory));
    }

    [Fact]
    public void Of_the_weighted_denoising_loss()
    {
        using var latents = Latents();
        var weights = RewardWeightedAlgorithm.Weights([.. _tiny.Epoch.Rewarded.Select(image => image.Reward)], new RewardWeightedOptions { Temperature = 20 });
        Check(memory => new DenoisingObjective(_tiny.Model, latents, weights, new RewardWeightedOptions { ImagesPerStep = 7 }, memory));
    }

    [Fact]
    public void Of_diffusion_dpo()
    {
        using var latents = Latents();
        LatentPair[] pairs = [.. _tiny.Epoch.Preferences.Select(pair => new LatentPair((pair.Group * TinyEpoch.GroupSize) + pair.Winner, (pair.Group * TinyEpoch.GroupSize) + pair.Loser, 1 + pair.Winner))];
        Check(memory => new DiffusionDpoObjective(_tiny.Model, latents, pairs, new DiffusionDpoOptions { ImagesPerStep = 5, Beta = 30 }, memory));
    }

    [Theory]
    [InlineData(Utility.KahnemanTversky)]
    [InlineData(Utility.LossAverse)]
    [InlineData(Utility.RiskSeeking)]
    public void Of_diffusion_kto(Utility utility)
    {
        using var latents = Latents();
        JudgedLatent[] images = [.. Enumerable.Range(0, latents.Count).Select(image => new JudgedLatent(image % 3 == 0, 1 + (image % 2)))];
        Check(memory => new DiffusionKtoObjective(_tiny.Model, latents, images, new DiffusionKtoOptions { ImagesPerStep = 7, Beta = 30, Utility = utility }, memory));
    }

    private CleanLatents Latents() => CleanLatents.OfTrajectories(_tiny.Model, _tiny.Epoch.Trajectories, [.. _tiny.Epoch.Rewarded.Select(image => (image.Group, image.Image))]);

    // Along the gradient itself, the loss rises by its squared norm.
    private void Check(Func<MemoryPlan, IObjective> make)
    {
        using var model = new TrainedModel(_tiny.Model.Unet, TinyEpoch.Adapter, 3);
        using var weights = new TrainableWeights(model.Parameters, new AdamWSettings(1e-3, 0.9, 0.999, 1e-8, 0));
        var objective = make(new MemoryPlan(2, false));
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

    private sealed class Reinforce : IPolicyLoss
    {
        public bool NeedsBase => false;

        public Tensor PerImage(PolicyScore score, PolicyRows rows, Tensor advantages, Tensor? basePrediction, Action<string, Tensor> figures) =>
            DdpoLoss.ScoreFunction(score.LogProbabilities, advantages);
    }
}
