using System.Text.Json;
using Labeler.TrainingEngine.Algorithms;
using Labeler.TrainingEngine.Algorithms.Ddpo;
using Labeler.TrainingEngine.Algorithms.Denoising;
using Labeler.TrainingEngine.Algorithms.DiffusionDpo;
using Labeler.TrainingEngine.Algorithms.Dpok;
using Labeler.TrainingEngine.Algorithms.PolicyGradient;
using Labeler.TrainingEngine.Algorithms.RewardWeighted;
using Labeler.TrainingEngine.Algorithms.SupervisedFineTuning;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Training;
using Labeler.TrainingEngine.Training.Data;
using Labeler.TrainingEngine.Training.Loop;

namespace Labeler.TrainingEngine.Tests.Algorithms;

/// <summary>Whole epochs of every algorithm on a tiny model.</summary>
public sealed class AlgorithmTests : IDisposable
{
    private static readonly DdpoOptions Ddpo = new() { LearningRate = 1e-2, InnerEpochs = 3, ImagesPerStep = 8, TimestepsPerStep = 2, Clip = 0.2, Baseline = Baseline.Batch };
    private static readonly RewardWeightedOptions Weighted = new() { LearningRate = 3e-3, InnerEpochs = 20, ImagesPerStep = 16, Temperature = 30 };
    private static readonly DiffusionDpoOptions Dpo = new() { LearningRate = 3e-3, InnerEpochs = 6, ImagesPerStep = 8, Beta = 200 };

    private readonly TinyEpoch _tiny = new();

    // D3poTrainingTests and GradientsTests ask the same of D3PO.
    public static TheoryData<string> ButD3po => [.. Algorithm.All.Select(one => one.Info.Name).Where(name => name != "d3po")];

    public void Dispose() => _tiny.Dispose();

    [Theory]
    [InlineData(Estimator.ImportanceSampling)]
    [InlineData(Estimator.ScoreFunction)]
    public void Ddpo_makes_better_images_more_probable_than_worse_ones(Estimator estimator)
    {
        var result = Learn(new DdpoAlgorithm(), _tiny.Model, _tiny.Epoch, Ddpo with { Estimator = estimator }, TinyEpoch.Adapter, _tiny.Place("ddpo"));

        Assert.True(GainOfBetter(result) > 0, $"{GainOfBetter(result)}");
        Assert.Equal(estimator == Estimator.ScoreFunction ? 1 : 3 * 2 * 2, Metrics("ddpo").Count);
    }

    [Fact]
    public void Ddpo_learns_under_guidance_and_with_all_weights_too()
    {
        using var guided = new TinyEpoch(guidance: 3);
        var result = Learn(new DdpoAlgorithm(), guided.Model, guided.Epoch, Ddpo with { LearningRate = 1e-3 }, new TrainedPart.WholeUNet(), guided.Place("ddpo"));

        Assert.True(Gain(guided.Gains(result.Weights), guided) > 0);
    }

    [Fact]
    public void Dpoks_divergence_is_zero_before_the_first_update_and_real_after_it_and_a_large_weight_holds_the_model()
    {
        var free = new DpokOptions { LearningRate = 1e-2, InnerEpochs = 3, ImagesPerStep = 8, TimestepsPerStep = 2, Clip = 0.2, KlWeight = 0, Baseline = Baseline.Batch };
        Learn(new DpokAlgorithm(), _tiny.Model, _tiny.Epoch, free, TinyEpoch.Adapter, _tiny.Place("free"));
        Learn(new DpokAlgorithm(), _tiny.Model, _tiny.Epoch, free with { KlWeight = 1e4 }, TinyEpoch.Adapter, _tiny.Place("held"));

        var (loose, held) = (Figure("free", "base_divergence"), Figure("held", "base_divergence"));
        Assert.Equal(0, loose[0]);
        Assert.True(loose[^1] > 1e-8, $"{loose[^1]}");
        Assert.True(held[^1] < loose[^1] / 2, $"{held[^1]} {loose[^1]}");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Dpoks_base_is_the_models_folder_not_the_policy_that_sampled(bool whole)
    {
        var options = new DpokOptions { LearningRate = whole ? 1e-3 : 1e-2, ImagesPerStep = 8, Clip = 0.2, KlWeight = 0.01, Baseline = Baseline.Batch, RatioTolerance = 10 };
        TrainedPart part = whole ? new TrainedPart.WholeUNet() : TinyEpoch.Adapter;
        var first = Learn(new DpokAlgorithm(), _tiny.Model, _tiny.Epoch, options, part, _tiny.Place("first"));
        Learn(new DpokAlgorithm(), _tiny.Model, _tiny.Epoch, options, part with { From = first.Weights }, _tiny.Place("second") with { CheckHashes = false });

        Assert.Equal(0, Figure("first", "base_divergence")[0]);
        Assert.True(Figure("second", "base_divergence")[0] > 1e-8, $"{Figure("second", "base_divergence")[0]}");
    }

    [Fact]
    public void Dpok_without_a_divergence_is_ddpo()
    {
        var dpok = new DpokOptions { LearningRate = 1e-2, InnerEpochs = 2, ImagesPerStep = 8, Clip = 0.2, KlWeight = 0, Baseline = Baseline.Batch };
        var ddpo = new DdpoOptions { LearningRate = 1e-2, InnerEpochs = 2, ImagesPerStep = 8, Clip = 0.2, Baseline = Baseline.Batch };

        var first = Learn(new DpokAlgorithm(), _tiny.Model, _tiny.Epoch, dpok, TinyEpoch.Adapter, _tiny.Place("dpok"));
        var second = Learn(new DdpoAlgorithm(), _tiny.Model, _tiny.Epoch, ddpo, TinyEpoch.Adapter, _tiny.Place("ddpo"));

        Assert.Equal(Figure("ddpo", "loss"), Figure("dpok", "loss"));
        Assert.Equal(WeightsOf(second), WeightsOf(first));
    }

    [Fact]
    public void Reward_weighted_regression_lowers_the_weighted_denoising_loss()
    {
        Learn(new RewardWeightedAlgorithm(), _tiny.Model, _tiny.Epoch, Weighted, TinyEpoch.Adapter, _tiny.Place("weighted"));

        var losses = Figure("weighted", "loss");
        Assert.True(losses.TakeLast(5).Average() < losses.Take(5).Average(), string.Join(" ", losses));
    }

    [Fact]
    public void Diffusion_dpo_comes_to_tell_winners_from_losers()
    {
        var options = Dpo with { LearningRate = 1e-2, InnerEpochs = 20, ImagesPerStep = 24 };
        Learn(new DiffusionDpoAlgorithm(), _tiny.Model, _tiny.Epoch, options, TinyEpoch.Adapter, _tiny.Place("dpo"));

        var losses = Figure("dpo", "loss");
        Assert.Equal(Math.Log(2), losses[0], 4);
        Assert.True(losses.TakeLast(5).Average() < Math.Log(2) - 0.01, string.Join(" ", losses));
        Assert.True(Figure("dpo", "accuracy").TakeLast(5).Average() > 0.55, string.Join(" ", Figure("dpo", "accuracy")));
    }

    [Fact]
    public void The_learning_rate_warms_up_from_nothing()
    {
        var preferred = new PreferredOptions { LearningRate = 1e-2, InnerEpochs = 3, ImagesPerStep = 16, WeightDecay = 0 };
        var quick = Learn(new PreferredAlgorithm(), _tiny.Model, _tiny.Epoch, preferred, TinyEpoch.Adapter, _tiny.Place("quick"));
        var slow = Learn(new PreferredAlgorithm(), _tiny.Model, _tiny.Epoch, preferred with { WarmUpSteps = 1000 }, TinyEpoch.Adapter, _tiny.Place("slow"));

        // Adam's steps are as long as its rate, whose mean over three steps of the warm-up is a five-hundredth.
        Assert.InRange(MoveOf(slow) / MoveOf(quick), 0.0005, 0.01);
    }

    [Fact]
    public void The_learning_rate_falls_evenly_to_what_is_left_at_the_end()
    {
        var falling = new PreferredOptions { LearningRateDecay = 0.9, WarmUpSteps = 2 };
        Assert.Equal([0.5, 0.91, 0.82, 0.73, 0.64, 0.55, 0.46, 0.37, 0.28, 0.19], Enumerable.Range(0, 10).Select(step => Math.Round(falling.RateAt(step, 10), 9)));

        var preferred = new PreferredOptions { LearningRate = 1e-2, InnerEpochs = 3, ImagesPerStep = 16, WeightDecay = 0 };
        var level = Learn(new PreferredAlgorithm(), _tiny.Model, _tiny.Epoch, preferred, TinyEpoch.Adapter, _tiny.Place("level"));
        var decayed = Learn(new PreferredAlgorithm(), _tiny.Model, _tiny.Epoch, preferred with { LearningRateDecay = 1 }, TinyEpoch.Adapter, _tiny.Place("decayed"));
        Assert.InRange(MoveOf(decayed) / MoveOf(level), 0.5, 0.9);
    }

    [Theory]
    [MemberData(nameof(ButD3po))]
    public void A_stopped_run_goes_on_and_ends_with_the_same_bits(string name)
    {
        var unbroken = Train(name, _tiny.Place(name + "-unbroken"), default);
        using var stop = new CancellationTokenSource();
        var place = _tiny.Place(name + "-stopped") with
        {
            Progress = progress =>
            {
                if (progress.Metrics.Step == 2)
                {
                    stop.Cancel();
                }
            },
        };

        Assert.Throws<OperationCanceledException>(() => Train(name, place, stop.Token));
        var resumed = Train(name, place with { Progress = null }, default);

        Assert.Equal(WeightsOf(unbroken), WeightsOf(resumed));
        Assert.Equal(Metrics(name + "-unbroken").Count, Metrics(name + "-stopped").Count);
    }

    [Theory]
    [MemberData(nameof(ButD3po))]
    public void Parts_and_recomputed_activations_change_nothing_but_the_last_bits(string name)
    {
        var whole = WeightsOf(Train(name, _tiny.Place(name + "-whole") with { MicroBatch = 64 }, default));
        var parts = WeightsOf(Train(name, _tiny.Place(name + "-parts") with { MicroBatch = 3, Recompute = true, Workers = 2 }, default));

        var difference = Math.Sqrt(whole.Zip(parts, (one, other) => Math.Pow(one - other, 2)).Sum() / whole.Sum(one => Math.Pow(one, 2)));
        Assert.True(difference < 1e-3, $"{difference}");
    }

    [Fact]
    public void Other_rewards_do_not_resume_a_run()
    {
        Learn(new DdpoAlgorithm(), _tiny.Model, _tiny.Epoch, Ddpo, TinyEpoch.Adapter, _tiny.Place("ddpo"));
        var others = _tiny.Epoch with { Rewards = [.. _tiny.Epoch.Rewards.Select(group => group.Select(reward => -reward).ToArray())] };

        Assert.Contains("other data or options", Assert.Throws<EngineException>(() => Learn(new DdpoAlgorithm(), _tiny.Model, others, Ddpo, TinyEpoch.Adapter, _tiny.Place("ddpo"))).Message, StringComparison.Ordinal);
    }

    private static TrainingResult Learn(
        Algorithm algorithm, StableDiffusion model, JudgedEpoch epoch, UpdateOptions options, TrainedPart trained, RunOptions place, CancellationToken stop = default) =>
        algorithm.Run(new EpochRun(model, epoch, trained, place, stop), options);

    private TrainingResult Train(string name, RunOptions place, CancellationToken stop) =>
        Learn(Algorithm.Find(name), _tiny.Model, _tiny.Epoch, Brief(Algorithm.Find(name).Standard), TinyEpoch.Adapter, place, stop);

    // Several steps, each of which learns something.
    private static UpdateOptions Brief(UpdateOptions standard) => standard switch
    {
        DdpoOptions => Ddpo,
        DpokOptions dpok => dpok with { LearningRate = 1e-2, InnerEpochs = 2, ImagesPerStep = 8, KlWeight = 0.1, Clip = 0.2 },
        RewardWeightedOptions => Weighted with { InnerEpochs = 4 },
        DiffusionDpoOptions => Dpo with { InnerEpochs = 2 },
        PassOptions passes => passes with { LearningRate = 3e-3, InnerEpochs = 4, ImagesPerStep = 8 },
        StepwiseOptions steps => steps with { LearningRate = 1e-2, InnerEpochs = 4 },
        _ => standard with { LearningRate = 1e-2 },
    };

    // Covariance of reward and gained log-probability, over all images.
    private double GainOfBetter(TrainingResult result) => Gain(_tiny.Gains(result.Weights), _tiny);

    private static double Gain(double[][] gains, TinyEpoch epoch)
    {
        var mean = epoch.Epoch.Rewarded.Average(image => image.Reward);
        return epoch.Epoch.Rewarded.Average(image => (image.Reward - mean) * gains[image.Group][image.Image]);
    }

    private double[] Figure(string run, string name) => [.. Metrics(run).Select(line => line.RootElement.GetProperty(name).GetDouble())];

    private List<JsonDocument> Metrics(string run) => [.. File.ReadLines(Path.Combine(_tiny.Place(run).Output, "metrics.jsonl"))
        .Select(line => JsonDocument.Parse(line)).Where(line => line.RootElement.GetProperty("kind").GetString() == "step")];

    private static float[] WeightsOf(TrainingResult result) => [.. TrainingEngine.Weights.SafeTensors.ReadAll(result.Weights).OrderBy(pair => pair.Key, StringComparer.Ordinal)
        .SelectMany(pair => pair.Value.to(TorchSharp.torch.ScalarType.Float32).data<float>().ToArray())];

    // The upper halves of an adapter start from zero.
    private static double MoveOf(TrainingResult result) => Math.Sqrt(TrainingEngine.Weights.SafeTensors.ReadAll(result.Weights)
        .Where(pair => pair.Key.EndsWith("up.weight", StringComparison.Ordinal))
        .Sum(pair => pair.Value.data<float>().ToArray().Sum(value => (double)value * value)));
}
