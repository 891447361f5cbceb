using System.Text.Json;
using Labeler.TrainingEngine.Algorithms;
using Labeler.TrainingEngine.Algorithms.Denoising;
using Labeler.TrainingEngine.Algorithms.DiffusionKto;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Training;
using Labeler.TrainingEngine.Training.Data;
using Labeler.TrainingEngine.Training.Loop;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Algorithms;

/// <summary>Diffusion-KTO: its loss worked out in double precision, and whole epochs of images judged alone.</summary>
public sealed class DiffusionKtoTests : IDisposable
{
    private static readonly DiffusionKtoOptions Quick = new() { LearningRate = 1e-2, InnerEpochs = 40, ImagesPerStep = 16, Beta = 30 };
    private readonly TinyEpoch _tiny = new();

    public void Dispose() => _tiny.Dispose();

    [Theory]
    [InlineData(Utility.KahnemanTversky)]
    [InlineData(Utility.LossAverse)]
    [InlineData(Utility.RiskSeeking)]
    public void The_loss_is_equation_8_and_its_gradient(Utility utility)
    {
        using var scope = NewDisposeScope();
        const double Beta = 40, Point = 0.01;
        double[] errors = [0.30, 0.41, 0.22], before = [0.35, 0.40, 0.20], signs = [1, -1, 1];
        double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
        double Loss(double error, int image)
        {
            var felt = signs[image] * Beta * (before[image] - error - Point);
            return utility switch
            {
                Utility.KahnemanTversky => 1 - Sigmoid(felt),
                Utility.LossAverse => -Math.Log(Sigmoid(felt)),
                _ => Math.Log(Sigmoid(-felt)),
            };
        }
        Tensor Of(double[] values) => tensor(Array.ConvertAll(values, value => (float)value));
        var model = Of(errors).requires_grad_();
        var loss = DiffusionKtoLoss.PerImage(DiffusionKtoLoss.Gains(model, Of(before)), Of(signs), Point, new() { Beta = Beta, Utility = utility });
        var gradient = autograd.grad([loss.sum()], [model])[0];

        const double Step = 1e-6;
        for (var image = 0; image < 3; image++)
        {
            Assert.Equal(Loss(errors[image], image), loss[image].item<float>(), 4);
            Assert.Equal((Loss(errors[image] + Step, image) - Loss(errors[image] - Step, image)) / (2 * Step), gradient[image].item<float>(), 2e-3);
        }
    }

    [Fact]
    public void Good_images_gain_on_bad_ones_where_every_group_was_judged_alike_inside()
    {
        var epoch = JudgedByGroup();
        Assert.Empty(epoch.Preferences);
        var result = Learn(epoch, Quick, "kto");

        // On noise that no pass has drawn.
        var (gains, accuracy) = (GainsOnNewNoise(result.Weights, epoch.Verdicts), Figure("kto", "accuracy"));
        var good = epoch.Verdicts.Zip(gains).Where(one => one.First.Good).Average(one => one.Second);
        var bad = epoch.Verdicts.Zip(gains).Where(one => !one.First.Good).Average(one => one.Second);
        Assert.True(good > bad + 1e-3, $"{good} {bad}");
        Assert.Equal(0.5, Figure("kto", "loss")[0], 4);
        Assert.True(accuracy.TakeLast(8).Average() > 0.55, string.Join(" ", accuracy));
    }

    [Fact]
    public void However_a_step_is_cut_it_has_one_reference_point()
    {
        Learn(JudgedByGroup(), Quick with { InnerEpochs = 4 }, "whole", 64);
        Learn(JudgedByGroup(), Quick with { InnerEpochs = 4 }, "parts", 3);

        Assert.All(Figure("whole", "reference_point").Zip(Figure("parts", "reference_point")), pair => Assert.Equal(pair.First, pair.Second, 5));
        Assert.Contains(Figure("whole", "reference_point"), point => point > 0);
        Assert.All(Figure("whole", "loss").Zip(Figure("parts", "loss")), pair => Assert.Equal(pair.First, pair.Second, 4));
    }

    [Fact]
    public void A_stopped_run_goes_on_and_ends_with_the_same_bits()
    {
        var unbroken = Learn(JudgedByGroup(), Quick with { InnerEpochs = 3 }, "unbroken");
        using var stop = new CancellationTokenSource();
        var place = _tiny.Place("stopped") with { Progress = progress => { if (progress.Metrics.Step == 2) { stop.Cancel(); } } };
        var run = new EpochRun(_tiny.Model, JudgedByGroup(), TinyEpoch.Adapter, place, stop.Token);
        Assert.Throws<OperationCanceledException>(() => new DiffusionKtoAlgorithm().Run(run, (UpdateOptions)(Quick with { InnerEpochs = 3 })));

        Assert.Equal(File.ReadAllBytes(unbroken.Weights), File.ReadAllBytes(Learn(JudgedByGroup(), Quick with { InnerEpochs = 3 }, "stopped").Weights));
    }

    [Fact]
    public void Each_kind_has_its_share_however_few_there_are()
    {
        ImageVerdict[] verdicts = [new(0, 0, true), new(0, 1, true, 0.5), new(0, 2, true), new(1, 0, false)];
        var weights = DiffusionKtoAlgorithm.Weights(verdicts, 0.8);

        Assert.Equal([1.28, 0.64, 1.28, 0.8], weights.Select(weight => Math.Round(weight, 9)));
        Assert.Throws<NothingToLearnException>(() => DiffusionKtoAlgorithm.Weights(verdicts[..3], 0.8));
    }

    [Fact]
    public void Flags_are_judged_by_majority_and_rewards_by_the_mean_of_their_prompt()
    {
        Assert.Equal(
            [new(0, 0, true), new(0, 1, false, 0.5), new(1, 0, false)], ImageVerdict.FromFlags([[0, -0.75, -0.5], [-1, double.NaN]]));
        Assert.Equal(
            [new(0, 0, false), new(0, 1, true), new(1, 0, true), new(1, 1, false)],
            ImageVerdict.FromRewards(["a cat", "a dog", "a cat"], [[1, 3], [10, 8], [2]]));
    }

    private double[] GainsOnNewNoise(string weights, IReadOnlyList<ImageVerdict> images)
    {
        const int Draws = 40;
        using var scope = NewDisposeScope();
        using var latents = CleanLatents.OfTrajectories(_tiny.Model, _tiny.Epoch.Trajectories, [.. images.Select(one => (one.Group, one.Image))]);
        var denoiser = new Denoiser(_tiny.Model.Unet, ScalarType.Float32, recompute: false);
        var schedule = ModelSchedule.Of(_tiny.Model);
        NoiseDraw[] draws = [.. Enumerable.Range(0, images.Count * Draws).Select(draw => new NoiseDraw(draw / Draws, 0xFFFF_0000UL + (ulong)draw))];
        var rows = NoisyRows.Draw(latents, draws, schedule, CPU);
        var before = denoiser.Errors(rows);
        using var patch = new ModelPatch(_tiny.Model, weights);
        return [.. (before - denoiser.Errors(rows)).reshape(images.Count, Draws).mean([1L]).data<float>().ToArray().Select(value => (double)value)];
    }

    // Good throughout or bad throughout: no two images of a group differ.
    private JudgedEpoch JudgedByGroup()
    {
        double[][] flags = [.. Enumerable.Range(0, TinyEpoch.Groups).Select(group => Enumerable.Repeat(group % 2 == 0 ? 0.0 : -1, TinyEpoch.GroupSize).ToArray())];
        return _tiny.Epoch with { Rewards = flags, Verdicts = ImageVerdict.FromFlags(flags) };
    }

    private TrainingResult Learn(JudgedEpoch epoch, DiffusionKtoOptions options, string name, int microBatch = 0) => new DiffusionKtoAlgorithm().Run(
        new EpochRun(_tiny.Model, epoch, TinyEpoch.Adapter, microBatch == 0 ? _tiny.Place(name) : _tiny.Place(name) with { MicroBatch = microBatch }),
        (UpdateOptions)options);

    private double[] Figure(string run, string name) => [.. File.ReadLines(Path.Combine(_tiny.Place(run).Output, "metrics.jsonl"))
        .Select(line => JsonDocument.Parse(line).RootElement).Where(line => line.GetProperty("kind").GetString() == "step").Select(line => line.GetProperty(name).GetDouble())];
}
