using Labeler.TrainingEngine.Algorithms;
using Labeler.TrainingEngine.Algorithms.D3po;
using Labeler.TrainingEngine.Algorithms.Ddpo;
using Labeler.TrainingEngine.Algorithms.Denoising;
using Labeler.TrainingEngine.Algorithms.DiffusionDpo;
using Labeler.TrainingEngine.Algorithms.Dpok;
using Labeler.TrainingEngine.Algorithms.PolicyGradient;
using Labeler.TrainingEngine.Algorithms.SupervisedFineTuning;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Lora;
using Labeler.TrainingEngine.Training;
using Labeler.TrainingEngine.Training.Data;
using Labeler.TrainingEngine.Training.Loop;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Algorithms;

/// <summary>Adapters of the text encoders, trained beside the denoiser's.</summary>
public sealed class TextEncoderTests
{
    private const string Plain = "sd";

    private static readonly TrainedPart.Adapter Texts = new(LoraTargets.Attention) { Texts = true };

    public static TheoryData<string> Families => [Plain, "xl", "sd3", "flux"];

    public static IEnumerable<object[]> Runs => from family in new[] { Plain, "sd3" } from one in Algorithm.All select new object[] { family, one.Info.Name };

    public static IEnumerable<object[]> Gradients =>
        from family in new[] { Plain, "xl", "sd3", "flux" } from recompute in new[] { false, true } select new object[] { family, recompute };

    [Theory]
    [MemberData(nameof(Gradients))]
    public void The_gradients_of_a_policys_text_encoders_are_the_slopes_of_its_loss(string family, bool recompute)
    {
        using var tiny = Epoch(family);
        using var data = new EpochData(tiny.Epoch.Trajectories, Enumerable.Range(0, TinyEpoch.Groups), tiny.Model, null);
        var options = new DdpoOptions { ImagesPerStep = 6, TimestepsPerStep = 3, LastStep = 2, Clip = 5 };

        GradientCheck.Of(tiny.Model, Texts, memory => new PolicyGradientObjective(
            tiny.Model, data, Advantages.Of(tiny.Epoch, Baseline.Batch), options, new GradientCheckTests.Reinforce(), memory), recompute, OfTexts);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void The_gradients_of_a_denoisers_text_encoders_are_the_slopes_of_its_loss(string family)
    {
        using var tiny = Epoch(family);
        using var latents = Latents(tiny);
        LatentPair[] pairs = [.. tiny.Epoch.Preferences.Select(pair => new LatentPair((pair.Group * TinyEpoch.GroupSize) + pair.Winner, (pair.Group * TinyEpoch.GroupSize) + pair.Loser, 1))];

        GradientCheck.Of(tiny.Model, Texts, memory => new DiffusionDpoObjective(
            tiny.Model, latents, pairs, new DiffusionDpoOptions { ImagesPerStep = 5, Beta = 30 }, memory), along: OfTexts);
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void Every_algorithm_trains_them_and_leaves_the_model_as_it_was(string family, string name)
    {
        using var tiny = Epoch(family);
        var before = Encoded(tiny);
        var algorithm = Algorithm.Find(name);

        var result = algorithm.Run(new EpochRun(tiny.Model, tiny.Epoch, Texts, tiny.Place(name)), algorithm.Standard with { LearningRate = 1e-2 });

        using var scope = NewDisposeScope();
        var tensors = SafeTensors.ReadAll(result.Weights);
        var texts = tensors.Where(pair => OfTexts(pair.Key) && pair.Key.EndsWith("up.weight", StringComparison.Ordinal)).ToList();
        Assert.Contains(texts, pair => pair.Key.StartsWith("text_encoder.", StringComparison.Ordinal) && pair.Value.abs().max().item<float>() > 0);
        Assert.DoesNotContain(tensors.Keys, key => key.StartsWith("text_encoder_3.", StringComparison.Ordinal));
        Assert.Equal(before, Encoded(tiny));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Their_adapter_is_written_in_three_formats_and_read_back_equal(string family)
    {
        using var tiny = Epoch(family);
        var result = Trained(tiny, "run", Texts);
        using var scope = NewDisposeScope();
        var folder = Path.GetDirectoryName(result.Weights)!;
        var model = new LoraBase(LoraAdapter.PartsOf(tiny.Model));

        var expected = LoraFile.Read(result.Weights, model);
        var kohya = LoraFile.Read(Path.Combine(folder, LoraFile.KohyaName), model);
        var peft = Directory.GetFiles(folder, LoraFile.PeftName, SearchOption.AllDirectories).SelectMany(file => LoraFile.Read(file, model)).ToDictionary();

        var encoders = tiny.Model.TextEncoders.Count;
        Assert.Equal(encoders, expected.Keys.Select(layer => LoraBase.Split(layer).Part).Distinct().Count(part => part.StartsWith("text_encoder", StringComparison.Ordinal)));
        Assert.Contains(SafeTensors.ReadAll(Path.Combine(folder, LoraFile.KohyaName)).Keys, key => key.StartsWith(encoders > 1 ? "lora_te1_" : "lora_te", StringComparison.Ordinal) && key.EndsWith(".alpha", StringComparison.Ordinal));
        foreach (var read in new[] { kohya, peft })
        {
            Assert.All(expected, pair => Assert.True(allclose(Delta(pair.Value), Delta(read[pair.Key]), atol: 1e-6), pair.Key));
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void The_next_epoch_samples_with_them_and_goes_on_from_them(string family)
    {
        using var tiny = Epoch(family);
        var first = Trained(tiny, "first", Texts);
        var alone = tiny.File("denoiser.safetensors");
        using (var scope = NewDisposeScope())
        {
            SafeTensors.Write(alone, SafeTensors.ReadAll(first.Weights).Where(pair => !OfTexts(pair.Key)).ToDictionary());
        }

        var (plain, sampled) = (Sample(tiny, alone, "plain"), Sample(tiny, first.Weights, "sampled"));
        Assert.NotEqual(Final(plain), Final(sampled));

        // Before the first update every ratio must be 1, or training refuses.
        var epoch = JudgedEpoch.OfPairs([sampled], [new(0, 0, 1, 1)]);
        var second = new D3poAlgorithm().Run(
            new EpochRun(tiny.Model, epoch, Texts with { From = first.Weights }, tiny.Place("second") with { CheckHashes = false }), new D3poOptions { LearningRate = 1e-2 });
        Assert.Contains(Changed(first.Weights, second.Weights), OfTexts);
    }

    [Fact]
    public void Pieces_and_recomputed_activations_change_nothing_but_the_last_bits()
    {
        using var tiny = Epoch("xl");
        var options = new D3poOptions { LearningRate = 1e-3, InnerEpochs = 2 };
        var whole = WeightsOf(new D3poAlgorithm().Run(new EpochRun(tiny.Model, tiny.Epoch, Texts, tiny.Place("whole") with { MicroBatch = 64 }), options));
        var parts = WeightsOf(new D3poAlgorithm().Run(
            new EpochRun(tiny.Model, tiny.Epoch, Texts, tiny.Place("parts") with { MicroBatch = 3, Recompute = true, Workers = 2 }), options));

        var difference = Math.Sqrt(whole.Zip(parts, (one, other) => Math.Pow(one - other, 2)).Sum() / whole.Sum(one => Math.Pow(one, 2)));
        Assert.True(difference < 1e-3, $"{difference}");
    }

    [Fact]
    public void An_adapter_without_them_gets_new_ones_that_change_nothing_and_the_optimizer_begins_anew()
    {
        using var tiny = Epoch(Plain);
        var first = Trained(tiny, "first", new TrainedPart.Adapter());
        var lines = new List<string>();
        var sampled = Sample(tiny, first.Weights, "sampled");
        var part = Texts with { From = first.Weights, OptimizerFrom = Path.Combine(first.Checkpoint, "optimizer.safetensors") };

        var second = new D3poAlgorithm().Run(new EpochRun(
            tiny.Model, JudgedEpoch.OfPairs([sampled], [new(0, 0, 1, 1)]), part, tiny.Place("second") with { CheckHashes = false, Report = lines.Add }), new D3poOptions { LearningRate = 1e-2 });

        Assert.Contains(SafeTensors.ReadAll(second.Weights).Keys, OfTexts);
        Assert.Contains(lines, line => line.StartsWith("the optimizer begins anew", StringComparison.Ordinal));
    }

    [Fact]
    public void The_base_model_that_a_divergence_is_measured_from_has_the_texts_of_its_folder()
    {
        using var tiny = Epoch(Plain);
        var first = Trained(tiny, "first", Texts);
        using (var scope = NewDisposeScope())
        {
            // The denoiser's part of the adapter is taken away: all that diverges is what the texts say.
            SafeTensors.Write(tiny.File("texts.safetensors"), SafeTensors.ReadAll(first.Weights)
                .ToDictionary(pair => pair.Key, pair => OfTexts(pair.Key) ? pair.Value : zeros_like(pair.Value)));
        }

        var sampled = Sample(tiny, tiny.File("texts.safetensors"), "sampled");
        var epoch = new JudgedEpoch([sampled], ["a cat"], [[1, -1, 0, 0.5]]);
        new DpokAlgorithm().Run(new EpochRun(tiny.Model, epoch, Texts with { From = tiny.File("texts.safetensors") }, tiny.Place("dpok") with { CheckHashes = false }),
            new DpokOptions { ImagesPerStep = 4, KlWeight = 0.01, Clip = 0.2, Baseline = Baseline.Batch });

        var line = File.ReadLines(Path.Combine(tiny.Place("dpok").Output, "metrics.jsonl")).Select(text => System.Text.Json.JsonDocument.Parse(text).RootElement)
            .First(one => one.GetProperty("kind").GetString() == "step");
        Assert.True(line.GetProperty("base_divergence").GetDouble() > 1e-8);
    }

    [Fact]
    public void A_stopped_run_goes_on_and_ends_with_the_same_bits()
    {
        using var tiny = Epoch("xl");
        var unbroken = Trained(tiny, "unbroken", Texts);
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Trained(tiny, "stopped", Texts, progress =>
        {
            if (progress.Metrics.Step == 2)
            {
                stop.Cancel();
            }
        }, stop.Token));

        Assert.Equal(WeightsOf(unbroken), WeightsOf(Trained(tiny, "stopped", Texts)));
    }

    [Fact]
    public void Layers_that_no_text_encoder_has_are_refused()
    {
        using var tiny = Epoch(Plain);

        var error = Assert.Throws<EngineException>(() => Trained(tiny, "run", new TrainedPart.Adapter(LoraTargets.Convolutions) { Texts = true }));

        Assert.Contains("text_encoder is among Convolutions", error.Message, StringComparison.Ordinal);
    }

    private static TinyEpoch Epoch(string family) => new(guidance: 2, family == Plain ? null : family);

    private static CleanLatents Latents(TinyEpoch tiny) =>
        CleanLatents.OfTrajectories(tiny.Model, tiny.Epoch.Trajectories, [.. tiny.Epoch.Rewarded.Select(image => (image.Group, image.Image))]);

    private static TrainingResult Trained(TinyEpoch tiny, string name, TrainedPart part, Action<TrainingProgress>? progress = null, CancellationToken stop = default) =>
        new PreferredAlgorithm().Run(new EpochRun(tiny.Model, tiny.Epoch, part, tiny.Place(name) with { Progress = progress }, stop),
            new PreferredOptions { LearningRate = 2e-2, InnerEpochs = 4, ImagesPerStep = 4 });

    private static string Sample(TinyEpoch tiny, string adapter, string name)
    {
        using var patch = new ModelPatch(tiny.Model, adapter);
        var sampler = new Sampler(tiny.Model, ModelSchedule.Of(tiny.Model), new SamplingOptions { Steps = 4, Guidance = 2, GroupSize = 4 });
        using var trajectory = sampler.Sample("a cat", 3);
        trajectory.Save(tiny.File($"{name}.safetensors"));
        return tiny.File($"{name}.safetensors");
    }

    private static float[] Final(string file)
    {
        using var trajectory = Trajectory.Load(file);
        return trajectory.Final.contiguous().data<float>().ToArray();
    }

    private static float[] Encoded(TinyEpoch tiny)
    {
        using var scope = NewDisposeScope();
        return tiny.Model.Encode(["a cat"], (16, 16)).Tensors.SelectMany(tensor => tensor.contiguous().data<float>().ToArray()).ToArray();
    }

    private static List<string> Changed(string before, string after)
    {
        using var scope = NewDisposeScope();
        var (old, now) = (SafeTensors.ReadAll(before), SafeTensors.ReadAll(after));
        Assert.Equal(old.Keys.Order(StringComparer.Ordinal), now.Keys.Order(StringComparer.Ordinal));
        return [.. now.Keys.Where(key => key.EndsWith("up.weight", StringComparison.Ordinal) && !old[key].eq(now[key]).all().item<bool>())];
    }

    private static Tensor Delta(LoraTensors branch) => branch.Up.matmul(branch.Down) * branch.Scale;

    private static bool OfTexts(string name) => name.StartsWith("text_encoder", StringComparison.Ordinal);

    private static float[] WeightsOf(TrainingResult result)
    {
        using var scope = NewDisposeScope();
        return [.. SafeTensors.ReadAll(Path.Combine(result.Checkpoint, "weights.safetensors")).OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .SelectMany(pair => pair.Value.data<float>().ToArray())];
    }
}
