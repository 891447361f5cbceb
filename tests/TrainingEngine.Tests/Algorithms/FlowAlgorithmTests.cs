using Labeler.TrainingEngine.Algorithms;
using Labeler.TrainingEngine.Algorithms.D3po;
using Labeler.TrainingEngine.Algorithms.Ddpo;
using Labeler.TrainingEngine.Algorithms.PolicyGradient;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Diffusion.Flow;
using Labeler.TrainingEngine.Lora;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Training;
using Labeler.TrainingEngine.Training.Data;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Algorithms;

/// <summary>Every algorithm on tiny SD3 and FLUX models.</summary>
public sealed class FlowAlgorithmTests
{
    private static readonly TrainedPart Attention = new TrainedPart.Adapter();

    public static IEnumerable<object[]> Runs => from family in new[] { "sd3", "flux" } from one in Algorithm.All select new object[] { family, one.Info.Name };

    public static TheoryData<string> Families => ["sd3", "flux"];

    [Theory]
    [MemberData(nameof(Runs))]
    public void Every_algorithm_learns_an_adapter_on_the_attention_of_both_streams(string family, string name)
    {
        using var tiny = new TinyEpoch(guidance: 2, family);
        var algorithm = Algorithm.Find(name);

        var result = algorithm.Run(Run(tiny, name), algorithm.Standard with { LearningRate = 1e-2 });

        using var scope = NewDisposeScope();
        var tensors = SafeTensors.ReadAll(result.Weights);
        Assert.Contains("transformer.transformer_blocks.0.attn.add_q_proj.lora_B.weight", tensors.Keys);
        Assert.All(tensors.Values, tensor => Assert.True(tensor.isfinite().all().item<bool>()));
        Assert.Contains(tensors, pair => pair.Key.EndsWith("lora_B.weight", StringComparison.Ordinal) && pair.Value.abs().max().item<float>() > 0);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Rewarded_images_become_more_probable_and_their_pairs_too(string family)
    {
        using var tiny = new TinyEpoch(guidance: 2, family);
        var ddpo = new DdpoAlgorithm().Run(
            Run(tiny, "ddpo"), new DdpoOptions { LearningRate = 1e-2, InnerEpochs = 3, ImagesPerStep = 8, Clip = 0.2, Baseline = Baseline.Group });
        var d3po = new D3poAlgorithm().Run(Run(tiny, "d3po"), new D3poOptions { LearningRate = 1e-2, InnerEpochs = 2 });

        Assert.True(Gain(tiny, ddpo.Weights) > 0);
        Assert.True(Gain(tiny, d3po.Weights) > 0);
    }

    [Fact]
    public void The_divergence_from_the_base_model_is_zero_before_the_first_update_and_a_large_weight_holds_the_model()
    {
        using var tiny = new TinyEpoch(guidance: 2, "sd3");
        var options = new DdpoOptions { LearningRate = 1e-2, InnerEpochs = 3, ImagesPerStep = 8, Clip = 0.2, Baseline = Baseline.Group, KlWeight = 1e-9 };
        new DdpoAlgorithm().Run(Run(tiny, "free"), options);
        new DdpoAlgorithm().Run(Run(tiny, "held"), options with { KlWeight = 1e4 });

        var (free, held) = (Divergences(tiny, "free"), Divergences(tiny, "held"));
        Assert.Equal(0, free[0]);
        Assert.True(free[^1] > 1e-8, $"{free[^1]}");
        Assert.True(held[^1] < free[^1] / 2, $"{held[^1]} {free[^1]}");
    }

    [Theory]
    [InlineData("sd3", FlowNoise.Sde)]
    [InlineData("sd3", FlowNoise.Cps)]
    [InlineData("flux", FlowNoise.Sde)]
    [InlineData("flux", FlowNoise.Cps)]
    public void A_stored_trajectory_scored_again_by_the_policy_that_sampled_it_has_the_ratio_one(string family, FlowNoise noise)
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        var model = StableDiffusion.Load(TinyFlowModel.Write(folder.File("model"), family));
        var sampler = new Sampler(model, ModelSchedule.Of(model), new SamplingOptions { Steps = 4, Eta = 0.7, Noise = noise, Guidance = 3, GroupSize = 3 });
        using (var sampled = sampler.Sample("a cat", 7))
        {
            sampled.Save(folder.File("group.safetensors"));
        }

        using var data = new EpochData([folder.File("group.safetensors")], [0], model, null);
        data.Load([0]);
        var policy = Policy.Of(model, data);
        foreach (var step in Enumerable.Range(0, 4))
        {
            var rows = data.Rows(0, [0, 1, 2], step);
            Assert.True(allclose(policy.Score(rows).LogProbabilities, rows.Reference, atol: 2e-5));
        }

        Assert.Equal(noise == FlowNoise.Sde ? "sde" : "cps", data.Origin.Noise);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void An_adapter_written_in_three_formats_is_read_back_equal(string family)
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        var model = StableDiffusion.Load(TinyFlowModel.Write(folder.File("model"), family));
        Dictionary<string, float[]> written;
        using (var adapter = LoraAdapter.Create(model.Denoiser, LoraTargets.Attention, 4, 4, 1))
        {
            foreach (var (_, weight) in adapter.Parameters)
            {
                weight.add_(randn(weight.shape));
            }

            written = Deltas(adapter);
            LoraWriter.Diffusers(folder.File("diffusers.safetensors"), adapter.Branches);
            LoraWriter.Kohya(folder.File("kohya.safetensors"), adapter.Branches, null, new LoraBase(LoraAdapter.PartsOf(model)));
            LoraWriter.Peft(folder.File("peft"), adapter.Branches);
        }

        foreach (var path in new[] { "diffusers.safetensors", "kohya.safetensors", "peft" })
        {
            using var read = LoraAdapter.Load(model, folder.File(path));
            var deltas = Deltas(read);
            Assert.All(written, pair => Assert.Equal(pair.Value, deltas[pair.Key], (a, b) => Math.Abs(a - b) < 1e-5));
            // Kohya's format has the projections of a single block and its feed-forward in one.
            Assert.All(deltas.Where(pair => !written.ContainsKey(pair.Key)), pair => Assert.All(pair.Value, value => Assert.Equal(0, value)));
        }
    }

    [Fact]
    public void Parts_of_different_models_are_refused_by_what_does_not_fit()
    {
        using var folder = new TemporaryFolder();
        var model = TinyFlowModel.Write(folder.File("model"), "sd3");
        var config = Path.Combine(model, "transformer", "config.json");
        File.WriteAllText(config, File.ReadAllText(config).Replace("\"pooled_projection_dim\":16", "\"pooled_projection_dim\":12", StringComparison.Ordinal));

        var error = Assert.Throws<EngineException>(() => StableDiffusion.Load(model));

        Assert.Contains("wants 12 (pooled_projection_dim)", error.Message, StringComparison.Ordinal);
    }

    private static EpochRun Run(TinyEpoch tiny, string name) => new(tiny.Model, tiny.Epoch, Attention, tiny.Place(name));

    private static Dictionary<string, float[]> Deltas(LoraAdapter adapter) => adapter.Branches.ToDictionary(
        pair => pair.Key, pair => (pair.Value.Up.matmul(pair.Value.Down) * pair.Value.Scale).cpu().data<float>().ToArray());

    private static double[] Divergences(TinyEpoch tiny, string name) =>
        [.. File.ReadLines(Path.Combine(tiny.Place(name).Output, "metrics.jsonl")).Select(line => System.Text.Json.JsonDocument.Parse(line).RootElement)
            .Where(line => line.GetProperty("kind").GetString() == "step").Select(line => line.GetProperty("base_divergence").GetDouble())];

    /// <summary>How much more the better half of each group gained than the worse.</summary>
    private static double Gain(TinyEpoch tiny, string weights) => tiny.Gains(weights).Zip(tiny.Epoch.Rewards, (gains, rewards) =>
    {
        var middle = rewards.Order().ElementAt(rewards.Length / 2);
        return gains.Where((_, image) => rewards[image] >= middle).Average() - gains.Where((_, image) => rewards[image] < middle).Average();
    }).Average();
}
