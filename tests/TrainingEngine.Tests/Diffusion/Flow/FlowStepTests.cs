using Labeler.TrainingEngine.Diffusion.Flow;
using Labeler.TrainingEngine.Models;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Diffusion.Flow;

public sealed class FlowStepTests
{
    private static readonly FlowScheduleOptions Sd3 = new() { Shift = 3 };

    [Fact]
    public void The_shares_of_noise_are_shifted_twice_and_end_in_none()
    {
        var schedule = FlowSchedule.Of(Sd3, 10, 0);

        Assert.Equal(1f, schedule.Sigmas[0]);
        Assert.Equal(0f, schedule.Sigmas[^1]);
        // 0.0029940 is 1/1000 shifted once; shifted again it is 0.0089285.
        Assert.Equal(0.0089285, schedule.Sigmas[9], 1e-6);
    }

    [Fact]
    public void Without_noise_a_step_is_Euler_s()
    {
        using var scope = NewDisposeScope();
        var (x, v) = (randn(2, 4, 4, 4), randn(2, 4, 4, 4));
        var sigmas = FlowSchedule.Of(Sd3, 10, 0).Sigmas;

        foreach (var step in new[] { new FlowStep(sigmas, FlowNoise.None, 0), new FlowStep(sigmas, FlowNoise.Sde, 0) })
        {
            Assert.True(allclose(x + (v * (sigmas[4] - sigmas[3])), step.Mean(x, v, 3), atol: 1e-6));
            Assert.True(step.IsDeterministic(3));
        }
    }

    [Fact]
    public void Coefficients_preserving_noise_leaves_the_schedule_s_share_of_noise()
    {
        var sigmas = FlowSchedule.Of(Sd3, 10, 0).Sigmas;
        var step = new FlowStep(sigmas, FlowNoise.Cps, 0.7);
        // x = image and noise of share σ, v the truth: the next latent's noise has variance σ_next².
        using var scope = NewDisposeScope();
        var (noiseOfStart, image) = (ones(1, 1, 1, 1), zeros(1, 1, 1, 1));
        var mean = step.Mean(sigmas[3] * noiseOfStart, noiseOfStart - image, 3).item<float>();

        Assert.Equal(sigmas[4] * sigmas[4], (mean * mean) + (step.Spread(3) * step.Spread(3)), 1e-6);
        Assert.True(step.IsDeterministic(9));
    }

    [Fact]
    public void A_policy_goes_by_rounded_times_and_tells_the_model_the_exact_ones()
    {
        var policy = new FlowPolicy(FlowSchedule.Of(Sd3, 28, 0), FlowNoise.Sde, 0.7);

        Assert.Equal(28, policy.Timesteps.Distinct().Count());
        Assert.All(policy.Timesteps, timestep => Assert.Equal(timestep, policy.TimeOf(timestep), 0.5));
        Assert.Throws<EngineException>(() => policy.TimeOf(policy.Timesteps[0] - 1));
        Assert.Throws<EngineException>(() => new FlowPolicy(FlowSchedule.Of(Sd3, 900, 0), FlowNoise.Sde, 0.7));
    }

    [Theory]
    [InlineData("""{"_class_name":"DDIMScheduler"}""", "_class_name")]
    [InlineData("""{"stochastic_sampling":true}""", "stochastic_sampling")]
    [InlineData("""{"use_karras_sigmas":true,"use_beta_sigmas":true}""", "use_beta_sigmas")]
    public void A_schedule_that_the_engine_does_not_know_is_refused_by_its_key(string json, string key) => Assert.Contains(
        key, Assert.Throws<EngineException>(() => FlowScheduleOptions.Read(ConfigFile.Parse("scheduler_config.json", json))).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData(0.6, 0.5, 0.5)]
    [InlineData(1, 0.3, 0.3)]
    [InlineData(0.5, 0.25, 0.1464466094067262)] // sin²(π/8): the arcsine distribution
    [InlineData(2, 0.15625, 0.25)] // 3x² − 2x³ at ¼
    public void Quantiles_of_the_beta_distribution_are_those_of_its_closed_forms(double shape, double share, double value) =>
        Assert.Equal(value, new BetaDistribution(shape).Quantile(share), 1e-12);
}
