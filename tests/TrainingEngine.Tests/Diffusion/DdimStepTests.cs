using Labeler.TrainingEngine.Diffusion;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Diffusion;

public sealed class DdimStepTests
{
    private readonly NoiseSchedule _schedule = new(NoiseScheduleTests.Parse(NoiseScheduleTests.StableDiffusion15));

    [Theory]
    [InlineData(951, 0.64439)]
    [InlineData(101, 0.16729)]
    [InlineData(51, 0.04060)]
    [InlineData(1, 0.02065)]
    public void Sigmas_of_stable_diffusion_at_twenty_steps_are_the_known_ones(int timestep, double sigma) =>
        Assert.Equal(sigma, new DdimStep(_schedule, 20).Sigma(timestep), 5e-6);

    [Fact]
    public void The_log_probability_is_the_mean_over_elements_of_the_normal_density()
    {
        using var scope = NewDisposeScope();
        var step = new DdimStep(_schedule, 20);
        var mean = zeros(1, 4, 8, 8);
        var next = full([1, 4, 8, 8], 2 * step.Sigma(951));

        double expected = -2 - Math.Log(step.Sigma(951)) - (0.5 * Math.Log(2 * Math.PI));

        Assert.Equal(expected, step.LogProbability(mean, next, 951).item<float>(), 1e-5);
    }

    [Fact]
    public void Rows_of_different_timesteps_are_what_each_is_alone()
    {
        using var scope = NewDisposeScope();
        var step = new DdimStep(_schedule, 20);
        using var generator = new Generator(1);
        var (x, output, noise) = (randn([3, 4, 5, 6], generator: generator), randn([3, 4, 5, 6], generator: generator), randn([3, 4, 5, 6], generator: generator));
        long[] timesteps = [951, 51, 1];

        var mean = step.Mean(x, output, timesteps);
        var next = step.Next(mean, noise, timesteps);
        var logProbability = step.LogProbability(mean, next, timesteps);

        for (int row = 0; row < 3; row++)
        {
            long t = timesteps[row];
            var alone = step.Mean(x.narrow(0, row, 1), output.narrow(0, row, 1), t);
            Assert.InRange((alone - mean.narrow(0, row, 1)).abs().max().item<float>(), 0, 1e-5f);
            Assert.Equal(step.LogProbability(alone, next.narrow(0, row, 1), t).item<float>(), logProbability[row].item<float>(), 1e-3f);
        }
    }

    [Fact]
    public void The_last_step_without_offset_is_deterministic_and_scores_zero_instead_of_nan()
    {
        using var scope = NewDisposeScope();
        var step = new DdimStep(new NoiseSchedule(new NoiseScheduleOptions { ClipSample = false, SetAlphaToOne = false }), 20);
        var x = ones(2, 4, 3, 3);
        var output = ones(2, 4, 3, 3).requires_grad_();

        var mean = step.Mean(x, output, 0);
        var logProbability = step.LogProbability(mean, step.Next(mean, x, 0), 0);
        logProbability.sum().backward();

        Assert.True(step.IsDeterministic(0));
        Assert.False(step.IsDeterministic(50));
        Assert.Equal([0f, 0f], logProbability.data<float>().ToArray());
        Assert.Equal(0, output.grad!.abs().max().item<float>());
    }

    [Fact]
    public void Without_eta_noise_changes_nothing()
    {
        using var scope = NewDisposeScope();
        var step = new DdimStep(_schedule, 20, eta: 0);
        var mean = step.Mean(ones(1, 4, 3, 3), ones(1, 4, 3, 3), 501);

        Assert.Equal(mean.data<float>().ToArray(), step.Next(mean, ones(1, 4, 3, 3), 501).data<float>().ToArray());
    }

    [Fact]
    public void The_gradient_flows_through_the_mean_and_not_through_the_stored_latent()
    {
        using var scope = NewDisposeScope();
        var step = new DdimStep(_schedule, 20);
        var output = ones(1, 4, 3, 3).requires_grad_();
        var next = ones(1, 4, 3, 3).requires_grad_();

        step.LogProbability(step.Mean(ones(1, 4, 3, 3), output, 501), next, 501).sum().backward();

        Assert.True(output.grad!.abs().max().item<float>() > 0);
        Assert.True(next.grad is null || next.grad.abs().max().item<float>() == 0);
    }

    [Fact]
    public void Half_precision_latents_are_stepped_in_single_precision()
    {
        using var scope = NewDisposeScope();
        var step = new DdimStep(_schedule, 20);
        var x = ones([1, 4, 3, 3], dtype: bfloat16);

        Assert.Equal(float32, step.Mean(x, x, 51).dtype);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.5)]
    [InlineData(double.NaN)]
    public void An_impossible_eta_is_refused(double eta) => Assert.Throws<EngineException>(() => new DdimStep(_schedule, 20, eta));
}
