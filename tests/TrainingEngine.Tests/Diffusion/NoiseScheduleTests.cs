using System.Text.Json;
using Labeler.TrainingEngine.Diffusion;
using TorchSharp;

namespace Labeler.TrainingEngine.Tests.Diffusion;

public sealed class NoiseScheduleTests : IDisposable
{
    public const string StableDiffusion15 = """
        {"_class_name": "PNDMScheduler", "beta_end": 0.012, "beta_schedule": "scaled_linear", "beta_start": 0.00085, "clip_sample": false,
         "num_train_timesteps": 1000, "set_alpha_to_one": false, "skip_prk_steps": true, "steps_offset": 1, "trained_betas": null}
        """;

    private readonly TemporaryFolder _folder = new();

    public static NoiseScheduleOptions Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return NoiseScheduleOptions.From(document.RootElement);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Twenty_steps_of_stable_diffusion_go_from_951_to_1()
    {
        int[] timesteps = new NoiseSchedule(Parse(StableDiffusion15)).Timesteps(20);

        Assert.Equal(Enumerable.Range(0, 20).Select(index => 951 - (50 * index)), timesteps);
    }

    [Theory]
    [InlineData("trailing", new[] { 999, 749, 499, 249 })]
    [InlineData("linspace", new[] { 999, 666, 333, 0 })]
    public void Other_spacings_spread_the_timesteps_as_diffusers_does(string spacing, int[] expected) =>
        Assert.Equal(expected, new NoiseSchedule(new NoiseScheduleOptions { TimestepSpacing = spacing }).Timesteps(4));

    [Fact]
    public void What_the_file_does_not_say_has_the_default_of_ddim()
    {
        Assert.Equal(new NoiseScheduleOptions(), Parse("{}"));
        Assert.True(Parse("{}").ClipSample);
        Assert.False(Parse(StableDiffusion15).ClipSample);
    }

    [Fact]
    public void Listed_variances_count_instead_of_the_formula()
    {
        var schedule = new NoiseSchedule(Parse("""{"trained_betas": [0.1, 0.2], "num_train_timesteps": 2}"""));

        Assert.Equal(0.9f, schedule.AlphasCumprod[0], 1e-6f);
        Assert.Equal(0.72f, schedule.AlphasCumprod[1], 1e-6f);
    }

    [Theory]
    [InlineData("""{"_class_name": "MagicScheduler"}""", "the scheduler MagicScheduler is unknown")]
    [InlineData("""{"prediction_type": "score"}""", "the prediction_type score is unknown")]
    [InlineData("""{"beta_schedule": "sigmoid"}""", "the beta_schedule sigmoid is unknown")]
    [InlineData("""{"timestep_spacing": "random"}""", "the timestep_spacing random is unknown")]
    [InlineData("""{"thresholding": true}""", "thresholding is not supported")]
    [InlineData("""{"rescale_betas_zero_snr": true}""", "rescale_betas_zero_snr is not supported")]
    [InlineData("""{"trained_betas": [0.1, 0.2]}""", "the noise schedule needs 1000 variances between 0 and 1")]
    [InlineData("""{"beta_start": "low"}""", "scheduler_config.json")]
    [InlineData("""{"beta_start" """, "scheduler_config.json")]
    public void What_cannot_be_done_is_said_in_one_line(string json, string message)
    {
        File.WriteAllText(_folder.File("scheduler_config.json"), json);

        var refusal = Assert.Throws<EngineException>(() => NoiseSchedule.Load(_folder.Path).Timesteps(10));

        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1001)]
    public void An_impossible_number_of_steps_is_refused(int steps) =>
        Assert.Throws<EngineException>(() => new NoiseSchedule(Parse(StableDiffusion15)).Timesteps(steps));

    [Theory]
    [InlineData(PredictionType.Epsilon)]
    [InlineData(PredictionType.VPrediction)]
    [InlineData(PredictionType.Sample)]
    public void A_perfect_answer_leads_back_to_the_clean_latent(PredictionType prediction)
    {
        using var scope = torch.NewDisposeScope();
        var schedule = new NoiseSchedule(Parse(StableDiffusion15) with { Prediction = prediction });
        using var generator = new torch.Generator(3);
        var clean = torch.randn([2, 4, 3, 3], generator: generator);
        var noise = torch.randn([2, 4, 3, 3], generator: generator);
        long[] timesteps = [951, 51];

        var noisy = schedule.AddNoise(clean, noise, timesteps);
        var answer = new DdimStep(schedule, 20).Original(noisy, schedule.Target(clean, noise, timesteps), timesteps);

        Assert.InRange((answer - clean).abs().max().item<float>(), 0, 1e-4f);
    }
}
