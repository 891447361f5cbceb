using Labeler.TrainingEngine.Algorithms.Ddpo;
using Labeler.TrainingEngine.Algorithms.DiffusionDpo;
using Labeler.TrainingEngine.Algorithms.Dpok;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Algorithms;

/// <summary>Losses and their gradients against the papers' formulas, worked out here in double precision.</summary>
public sealed class LossTests
{
    [Fact]
    public void The_score_function_reinforces_by_the_clamped_advantage()
    {
        using var scope = NewDisposeScope();
        var policy = tensor(new float[] { -1, -1.2f, -0.8f }).requires_grad_();
        var loss = DdpoLoss.ScoreFunction(policy, tensor(new float[] { 2, -9, 0.5f }));

        Near([2, -6, 0.4], loss);
        Near([-2, 5, -0.5], autograd.grad([loss.sum()], [policy])[0]);
    }

    [Fact]
    public void At_the_policy_that_sampled_both_estimators_have_one_gradient()
    {
        using var scope = NewDisposeScope();
        var advantages = tensor(new float[] { 1.5f, -0.7f, 3 });
        var policy = tensor(new float[] { -1, -2, -3 }).requires_grad_();
        var score = autograd.grad([DdpoLoss.ScoreFunction(policy, advantages).sum()], [policy])[0];
        var importance = autograd.grad([DdpoLoss.PerImage(policy, policy.detach(), advantages).Loss.sum()], [policy])[0];

        Near([.. score.data<float>().ToArray().Select(value => (double)value)], importance);
    }

    [Theory]
    [InlineData(1, 1.3, false)] // gained enough already
    [InlineData(1, 0.7, true)] // lost although it is good: pulled back
    [InlineData(-1, 0.7, false)]
    [InlineData(-1, 1.3, true)]
    [InlineData(1, 1.05, true)]
    public void The_clip_stops_what_went_far_enough_and_nothing_else(double advantage, double ratio, bool flows)
    {
        using var scope = NewDisposeScope();
        var policy = tensor(new[] { (float)Math.Log(ratio) }).requires_grad_();
        var (loss, ratios) = DdpoLoss.PerImage(policy, zeros(1), tensor(new[] { (float)advantage }), clip: 0.1);

        Assert.Equal(ratio, ratios[0].item<float>(), 4);
        Assert.Equal(flows ? -advantage * ratio : 0, autograd.grad([loss.sum()], [policy])[0][0].item<float>(), 4);
    }

    [Fact]
    public void Dpoks_divergence_is_real_for_a_single_image_and_pulls_towards_the_base()
    {
        using var scope = NewDisposeScope();
        var prediction = tensor(new float[] { 1, 2, 3, 5 }).reshape(1, 1, 2, 2).requires_grad_();
        var divergence = DpokLoss.NoiseDivergence(prediction, ones(1, 1, 2, 2));

        Near([(0 + 1 + 4 + 16) / 4.0], divergence);
        Near([0, 0.5, 1, 2], autograd.grad([divergence.sum()], [prediction])[0].reshape(4));
    }

    [Fact]
    public void Diffusion_dpo_is_equation_14_and_its_gradient()
    {
        using var scope = NewDisposeScope();
        double[] winners = [0.30, 0.52], losers = [0.41, 0.33], beforeWinners = [0.35, 0.50], beforeLosers = [0.40, 0.38];
        const double Beta = 40;
        double Loss(double w, double l, int pair) => Math.Log(1 + Math.Exp(0.5 * Beta * (w - l - (beforeWinners[pair] - beforeLosers[pair]))));
        Tensor Of(double[] values) => tensor(Array.ConvertAll(values, value => (float)value));
        var (w, l) = (Of(winners).requires_grad_(), Of(losers).requires_grad_());
        var loss = DiffusionDpoLoss.PerPair(w, l, Of(beforeWinners), Of(beforeLosers), Beta);
        var gradients = autograd.grad([loss.sum()], [w, l]);

        Near([Loss(winners[0], losers[0], 0), Loss(winners[1], losers[1], 1)], loss);
        const double Step = 1e-6;
        double Slope(double dw, double dl, int pair) =>
            (Loss(winners[pair] + dw, losers[pair] + dl, pair) - Loss(winners[pair] - dw, losers[pair] - dl, pair)) / (2 * Step);
        Near([Slope(Step, 0, 0), Slope(Step, 0, 1)], gradients[0]);
        Near([Slope(0, Step, 0), Slope(0, Step, 1)], gradients[1]);
    }

    private static void Near(double[] expected, Tensor actual)
    {
        var values = actual.detach().data<float>().ToArray();
        Assert.Equal(expected.Length, values.Length);
        Assert.All(expected.Zip(values), pair => Assert.Equal(pair.First, pair.Second, 1e-4 * Math.Max(1, Math.Abs(pair.First))));
    }
}
