using Labeler.TrainingEngine.Algorithms.D3po;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Algorithms.D3po;

public sealed class D3poLossTests
{
    [Theory]
    [InlineData(-0.9116446375846863, -0.8248102068901062, -0.8803529143333435, -0.8062010407447815, 0.6937814950942993)]
    [InlineData(-0.8803529143333435, -0.8062010407447815, -0.9116446375846863, -0.8248102068901062, 0.6925132870674133)]
    [InlineData(-0.9342167377471924, -1.184216856956482, -0.8803529143333435, -0.8062010407447815, 0.6847099661827087)]
    [InlineData(-0.9342167377471924, -1.184216856956482, -1.14984130859375, -0.89984130859375, 0.6831639409065247)]
    public void The_loss_is_the_one_of_the_authors_program(double winner, double winnerReference, double loser, double loserReference, double expected)
    {
        using var scope = NewDisposeScope();

        var loss = D3poLoss.PerPair(
            tensor([(float)winner, (float)loser]), tensor([(float)winnerReference, (float)loserReference]),
            tensor([0L]), tensor([1L]), new D3poOptions());

        Assert.Equal(expected, loss.item<float>(), 1e-6);
    }

    [Theory]
    [InlineData(0.25, -0.25, false, 0, 0)]
    [InlineData(0.25, 0.05, false, 0, 1)]
    [InlineData(-0.25, 0.25, false, 0, 0)]
    [InlineData(-0.25, 0.25, true, -1, 1)]
    [InlineData(0.25, -0.25, true, 0, 0)]
    [InlineData(0.05, 0.05, false, -1, 1)]
    public void Outside_the_clamp_no_gradient_flows_and_a_one_sided_clamp_lets_the_wrong_way_back(
        double winner, double loser, bool oneSided, int winnerSign, int loserSign)
    {
        using var scope = NewDisposeScope();
        var logProbabilities = tensor([(float)winner, (float)loser], requires_grad: true);

        D3poLoss.PerPair(logProbabilities, zeros(2), tensor([0L]), tensor([1L]), new D3poOptions { OneSidedClamp = oneSided }).sum().backward();

        var gradient = logProbabilities.grad!.data<float>().ToArray();
        Assert.Equal([winnerSign, loserSign], gradient.Select(Math.Sign));
    }

    [Fact]
    public void The_divergence_is_half_the_mean_squared_distance_in_sigmas()
    {
        using var scope = NewDisposeScope();
        var mean = tensor([1f, 3f, 0f, 0f], [2, 1, 1, 2]);

        var divergence = D3poLoss.Divergence(mean, zeros(2, 1, 1, 2), sigma: 2);

        Assert.Equal([0.5f * (0.25f + 2.25f) / 2, 0f], divergence.data<float>().ToArray());
    }

    [Fact]
    public void Held_colors_cost_half_the_mean_square_of_what_each_channel_moved_as_a_whole()
    {
        using var scope = NewDisposeScope();
        // The first image moves one channel by 4 and the other by 1 on average; the second changes its drawing, but no channel's mean.
        var mean = tensor([3f, 5f, 0f, 2f, -7f, 7f, 1f, -1f], [2, 2, 1, 2]);

        var held = D3poLoss.ColorDivergence(mean, zeros(2, 2, 1, 2), sigma: 2);

        Assert.Equal([0.5f * (4f + 0.25f) / 2, 0f], held.data<float>().ToArray());
    }

    [Fact]
    public void Held_colors_are_the_share_of_the_divergence_that_whole_channels_move_and_pull_each_back_alike()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(8);
        const double Sigma = 0.7, Step = 1e-2;
        var (mean, other) = (randn([3, 4, 2, 5], generator: generator), randn([3, 4, 2, 5], generator: generator));
        var whole = (mean - other).mean([2L, 3L], keepdim: true).expand_as(mean);

        var held = D3poLoss.ColorDivergence(mean, other, Sigma);
        Assert.True(held.allclose(D3poLoss.Divergence(other + whole, other, Sigma), atol: 1e-5));
        Assert.True((held + D3poLoss.Divergence(mean - whole, other, Sigma)).allclose(D3poLoss.Divergence(mean, other, Sigma), atol: 1e-5));

        var leaf = mean.clone().requires_grad_();
        D3poLoss.ColorDivergence(leaf, other, Sigma).sum().backward();
        Assert.True(leaf.grad!.allclose(whole / (Sigma * Sigma * 4 * 2 * 5), atol: 1e-5));
        var unit = zeros_like(mean);
        unit[1, 2, 0, 3] = Step;
        var difference = D3poLoss.ColorDivergence(mean + unit, other, Sigma) - D3poLoss.ColorDivergence(mean - unit, other, Sigma);
        Assert.Equal(difference[1].item<float>() / (2 * Step), leaf.grad![1, 2, 0, 3].item<float>(), 1e-3);
    }
}
