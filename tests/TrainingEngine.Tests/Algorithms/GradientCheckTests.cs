using Labeler.TrainingEngine.Algorithms.Ddpo;
using Labeler.TrainingEngine.Algorithms.Denoising;
using Labeler.TrainingEngine.Algorithms.DiffusionDpo;
using Labeler.TrainingEngine.Algorithms.DiffusionKto;
using Labeler.TrainingEngine.Algorithms.PolicyGradient;
using Labeler.TrainingEngine.Algorithms.RewardWeighted;
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

    private void Check(Func<MemoryPlan, IObjective> make) => GradientCheck.Of(_tiny.Model, TinyEpoch.Adapter, make);

    internal sealed class Reinforce : IPolicyLoss
    {
        public bool NeedsBase => false;

        public Tensor PerImage(PolicyScore score, PolicyRows rows, Tensor advantages, Tensor? basePrediction, Action<string, Tensor> figures) =>
            DdpoLoss.ScoreFunction(score.LogProbabilities, advantages);
    }
}
