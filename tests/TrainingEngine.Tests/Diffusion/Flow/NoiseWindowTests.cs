using System.Text.Json;
using Labeler.TrainingEngine.Algorithms.Ddpo;
using Labeler.TrainingEngine.Algorithms.PolicyGradient;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Diffusion.Flow;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Training;
using Labeler.TrainingEngine.Training.Data;
using Labeler.TrainingEngine.Training.Loop;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Diffusion.Flow;

/// <summary>Flow-GRPO-Fast: noise at a few steps, the others are exact.</summary>
public sealed class NoiseWindowTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(FlowNoise.Sde)]
    [InlineData(FlowNoise.Cps)]
    public void Images_are_one_until_the_window_and_scored_within_it_alone(FlowNoise noise)
    {
        using var scope = NewDisposeScope();
        using var group = Sampled(noise, new(2, 2));

        var latents = group.Latents;
        Assert.All([0, 1, 2], step => Assert.Equal(0, Spread(latents.select(1, step))));
        Assert.All([3, 4, 5], step => Assert.True(Spread(latents.select(1, step)) > 1e-3));
        float[] scores = [.. group.LogProbabilities![0].data<float>()];
        Assert.Equal([true, true, false, false, true, true], scores.Select(score => score == 0));
        // Outside of it a step is Euler's: the same as without any noise.
        using var exact = Sampled(noise, default, eta: 0);
        Assert.True(allclose(exact.Latents.narrow(1, 0, 3), latents.narrow(1, 0, 3), atol: 1e-5));
    }

    [Fact]
    public void Only_the_noisy_steps_are_learned_from_and_their_ratios_are_1_before()
    {
        string[] files = [.. Enumerable.Range(0, 2).Select(n =>
        {
            using var group = Sampled(FlowNoise.Sde, new(1, 2), seed: (ulong)n);
            group.Save(_folder.File($"{n}.safetensors"));
            return _folder.File($"{n}.safetensors");
        })];
        var epoch = new JudgedEpoch(files, ["a cat", "a cat"], [[1, 0, -1], [0, 1, -1]]);
        var place = new RunOptions { Output = _folder.File("run"), Workers = 1, Threads = 1, CheckHashes = false };

        new DdpoAlgorithm().Run(new(Model(), epoch, new TrainedPart.Adapter(), place, default), new DdpoOptions { Baseline = Baseline.Group, LearningRate = 1e-3 });

        var checks = File.ReadLines(Path.Combine(place.Output, "metrics.jsonl")).Select(line => JsonDocument.Parse(line).RootElement)
            .Where(line => line.TryGetProperty("deviation", out _)).ToList();
        Assert.Equal([1, 2], checks.Select(check => check.GetProperty("samplingStep").GetInt32()));
        Assert.All(checks, check => Assert.InRange(check.GetProperty("deviation").GetDouble(), 0, 1e-3));
    }

    [Fact]
    public void The_last_step_of_coefficients_preserving_noise_is_left_out_by_itself()
    {
        using (var group = Sampled(FlowNoise.Cps, default))
        {
            group.Save(_folder.File("group.safetensors"));
        }
        using var data = new EpochData([_folder.File("group.safetensors")], [0], Model(), null);

        Assert.Equal([0, 1, 2, 3, 4], new DdpoOptions().TrainedSteps(data));
        Assert.Throws<EngineException>(() => new DdpoOptions { LastStep = 5 }.TrainedSteps(data));
    }

    [Fact]
    public void A_window_that_is_not_within_the_steps_or_not_of_a_flow_model_is_refused()
    {
        Assert.Throws<EngineException>(() => Sampled(FlowNoise.Sde, new(5, 2)));
        Assert.Throws<EngineException>(() => NoiseWindow.Parse("three"));
        var classic = StableDiffusion.Load(TinyModel.Write(_folder.File("classic")));
        Assert.Throws<EngineException>(() => new Sampler(classic, ModelSchedule.Of(classic), new() { Window = new(0, 2) }));
        Assert.Equal(new NoiseWindow(2, 3), NoiseWindow.Parse(new NoiseWindow(2, 3).ToString()));
    }

    private StableDiffusion Model() => StableDiffusion.Load(
        Directory.Exists(_folder.File("model")) ? _folder.File("model") : TinyFlowModel.Write(_folder.File("model"), "sd3"));

    private Trajectory Sampled(FlowNoise noise, NoiseWindow window, double eta = 0.7, ulong seed = 7)
    {
        var model = Model();
        var options = new SamplingOptions { Steps = 6, Eta = eta, Noise = noise, Window = window, Guidance = 3, GroupSize = 3 };
        return new Sampler(model, ModelSchedule.Of(model), options).Sample("a cat", seed);
    }

    private static float Spread(Tensor images) => (images - images.narrow(0, 0, 1)).abs().max().item<float>();
}
