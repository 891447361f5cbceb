using Labeler.Shared.Rewards;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Lora;
using Labeler.TrainingEngine.Pretraining;
using Labeler.TrainingEngine.Rewards.Learned;
using Labeler.TrainingEngine.Tests.Training;
using Labeler.TrainingEngine.Training;
using Labeler.TrainingEngine.Training.Loop;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.WrongShapes;

/// <summary>Files that the engine itself writes between its runs.</summary>
public sealed class TrainingFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_weight_and_moment_of_a_training_checkpoint_is_refused_in_a_wrong_shape()
    {
        using var adapter = LoraAdapter.Create(TinyUNet.Make(), LoraTargets.Attention, 2, 2, 0);
        using var weights = new TrainableWeights(adapter.Parameters, new RewardModelOptions().AdamW);
        TrainedModel.Save(Directory.CreateDirectory(_folder.File("right")).FullName, weights);
        TrainedModel.Restore(_folder.File("right"), weights, 1);

        foreach (var name in new[] { "weights.safetensors", "optimizer.safetensors" })
        {
            TrainedModel.Save(Directory.CreateDirectory(_folder.File("wrong")).FullName, weights);
            var refused = WalkedThrough(_folder.File("right", name), _folder.File("wrong", name), CheckpointWeights.ListedAtMost, () => TrainedModel.Restore(_folder.File("wrong"), weights, 1), told =>
            {
                Assert.StartsWith($"{_folder.File("wrong")}: the weights do not fit what this run trains; delete the checkpoint to start over", told, StringComparison.Ordinal);
                Assert.Contains($"(in {name}) is [", told, StringComparison.Ordinal);
            });
            Assert.Equal(name[0] == 'w' ? weights.Names.Length : 2 * weights.Names.Length, refused);
        }
    }

    [Fact]
    public void A_training_checkpoint_that_lacks_a_moment_is_refused_and_changes_nothing()
    {
        using var scope = NewDisposeScope();
        using var adapter = LoraAdapter.Create(TinyUNet.Make(), LoraTargets.Attention, 2, 2, 0);
        using var weights = new TrainableWeights(adapter.Parameters, new RewardModelOptions().AdamW);
        TrainedModel.Save(_folder.Path, weights);
        var moments = SafeTensors.ReadAll(_folder.File("optimizer.safetensors"));
        moments.Remove($"{weights.Names[3]}.exp_avg_sq");
        SafeTensors.Write(_folder.File("optimizer.safetensors"), moments);
        var before = weights.Weights[0].data<float>().ToArray();
        using (no_grad())
        {
            weights.Weights[0].add_(1);
        }

        var error = Assert.Throws<EngineException>(() => TrainedModel.Restore(_folder.Path, weights, 1)).Message;

        Assert.EndsWith($"missing: {weights.Names[3]}.exp_avg_sq", error, StringComparison.Ordinal);
        Assert.Equal(before.Select(value => value + 1), weights.Weights[0].data<float>().ToArray());
    }

    [Fact]
    public void Every_weight_of_a_reward_model_is_refused_in_a_wrong_shape()
    {
        using (var network = RewardNetwork.Create(new RewardShape(3), 1))
        {
            new RewardModel(network, Prompts("a", "b", "c"), Figures, 200).Save(_folder.File("right.safetensors"));
        }

        RewardModel.Load(_folder.File("right.safetensors")).Dispose();

        var wrong = _folder.File("reward.safetensors");
        var refused = WalkedThrough(_folder.File("right.safetensors"), wrong, CheckpointWeights.ListedAtMost, () => RewardModel.Load(wrong).Dispose(), told =>
            Assert.StartsWith($"{wrong}: the weights do not fit a reward model of this program; train it again", told, StringComparison.Ordinal));

        Assert.Equal(19, refused);
    }

    private static LearningFigures Figures { get; } = new(new(90, 100, 100), null, [], null);

    private static KnownPrompts Prompts(params string[] prompts) => new(
        [.. prompts.Select((prompt, number) => (prompt, Enumerable.Range(0, prompts.Length).Select(n => n == number ? 1f : 0f).ToArray()))], Figures, null);

    [Theory]
    [InlineData("""["a", "b"]""", "prompt.weight is [3, 64] and should be [2, 64]")]
    [InlineData("""[]""", "prompt.weight is [3, 64] and should be [0, 64]")]
    [InlineData("""{}""", "its metadata are damaged")]
    public void A_reward_model_whose_prompts_are_not_those_of_its_weights_is_refused(string prompts, string told)
    {
        using var scope = NewDisposeScope();
        using (var network = RewardNetwork.Create(new RewardShape(3), 1))
        {
            SafeTensors.Write(_folder.File("reward.safetensors"), network.Weights, new Dictionary<string, string>
            {
                ["format"] = "labeler-reward-1",
                ["prompts"] = prompts,
                ["right"] = "90",
                ["of"] = "100",
                ["learned_pairs"] = "5",
            });
        }

        Assert.Contains(told, Assert.Throws<EngineException>(() => RewardModel.Load(_folder.File("reward.safetensors"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Every_tensor_of_a_trajectory_is_refused_in_a_wrong_shape_by_what_trains_on_it(bool withMeans)
    {
        var model = TinyTrajectories.Model(_folder.File("model"));
        var right = TinyTrajectories.Sample(model, _folder.File("right"), 1, 3, keepMeans: withMeans)[0];
        using (Trajectory.Load(right, fits: model))
        {
        }
        var file = new ReshapedFile(right);
        var wrong = _folder.File("wrong.safetensors");
        foreach (var name in file.Shapes.Keys)
        {
            foreach (var shape in EveryDimensionOffByOne(file.Shapes[name]))
            {
                file.Write(wrong, new Dictionary<string, long[]> { [name] = shape });
                var error = Assert.Throws<EngineException>(() => Trajectory.Load(wrong, fits: model)).Message;
                Assert.StartsWith($"{wrong}: ", error, StringComparison.Ordinal);
                // A timestep more or less makes all the others wrong.
                Assert.Matches(name == "timesteps" && shape.Length == 1 ? "latents is .* and should be" : $@"{name} is \[[0-9, ]+\] and should be", error);
                Assert.EndsWith(": sample it again", error, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void A_trajectory_of_no_images_or_impossible_ones_is_refused()
    {
        var model = TinyTrajectories.Model(_folder.File("model"));
        var file = TinyTrajectories.Sample(model, _folder.File("right"), 1, 2)[0];
        using var sampled = Trajectory.Load(file);
        string Refusal(Trajectory trajectory)
        {
            trajectory.Save(_folder.File("wrong.safetensors"));
            return Assert.Throws<EngineException>(() => Trajectory.Load(_folder.File("wrong.safetensors"), fits: model)).Message;
        }

        Assert.Contains("holds no images", Refusal(sampled with { Origin = sampled.Origin with { ImageSeeds = [] } }), StringComparison.Ordinal);
        Assert.Contains("0 x 16 pixels", Refusal(sampled with { Origin = sampled.Origin with { Width = 0 } }), StringComparison.Ordinal);
        Assert.Contains("latents is [2, 5, 4, 8, 8] and should be [2, 5, 4, 8, 16]", Refusal(sampled with { Origin = sampled.Origin with { Width = 32 } }), StringComparison.Ordinal);
        Assert.Contains("a timestep is negative", Refusal(sampled with { Timesteps = [901, 500, 1, -1] }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_timestep_that_the_model_does_not_have_is_told()
    {
        var step = new DdimStep(new NoiseSchedule(new NoiseScheduleOptions()), 20);

        Assert.Equal("timestep 1000 is not among the 1000 that this model was trained on", Assert.Throws<EngineException>(() => step.Sigma(1000)).Message);
    }

    [Fact]
    public void Every_weight_moment_and_average_of_pretraining_is_refused_in_a_wrong_shape()
    {
        var trainee = EmaTrainer();
        trainee.Save(_folder.File("right.safetensors"));
        EmaTrainer().Load(_folder.File("right.safetensors"));

        var wrong = _folder.File("wrong.safetensors");
        var refused = WalkedThrough(_folder.File("right.safetensors"), wrong, CheckpointWeights.ListedAtMost, () => trainee.Load(wrong), told =>
            Assert.StartsWith($"{wrong}: the weights do not fit this run; delete the file to start over", told, StringComparison.Ordinal));

        Assert.Equal(4 * trainee.Averages.Count, refused);
        SafeTensors.Write(wrong, SafeTensors.ReadAll(_folder.File("right.safetensors")));
        Assert.Contains("does not say at which step", Assert.Throws<EngineException>(() => trainee.Load(wrong)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Stored_latents_of_pretraining_are_refused_in_a_wrong_shape()
    {
        using var scope = NewDisposeScope();
        var pool = new LatentPool(ones([6, 4, 8, 8]), ones([6, 4, 8, 8]), zeros([6], ScalarType.Int64), ["a"], 0.5);
        pool.Save(_folder.File("right.safetensors"));
        LatentPool Load(string file, int texts = 1) => LatentPool.Load(file, [.. Enumerable.Repeat("a", texts)], 6, TinyModel.Vae);
        Assert.Equal(0.5, Load(_folder.File("right.safetensors")).Scale);

        var wrong = _folder.File("wrong.safetensors");
        Assert.Equal(3, WalkedThrough(_folder.File("right.safetensors"), wrong, 1, () => Load(wrong), told =>
            Assert.EndsWith("delete the file to compute it again", told, StringComparison.Ordinal)));
        (pool with { Prompts = full([6], 1, ScalarType.Int64) }).Save(wrong);
        Assert.Contains("beyond the 1 that there are", Assert.Throws<EngineException>(() => Load(wrong)).Message, StringComparison.Ordinal);
    }

    private static EmaTrainer EmaTrainer() => new(TinyUNet.Make().Parameters, new LearningRateSchedule(1e-3, 0.999, 0, 1, 10, 0.9));

    /// <summary>Loads a copy of a file for each wrong shape of each of its tensors; returns how many tensors were refused.</summary>
    private static int WalkedThrough(string right, string wrong, int atOnce, Action load, Action<string> check)
    {
        var file = new ReshapedFile(right);
        var refused = new HashSet<string>();
        foreach (var some in file.Faults(atOnce))
        {
            file.Write(wrong, some);
            var error = Assert.Throws<EngineException>(load).Message;
            check(error);
            foreach (var (name, shape) in some)
            {
                Assert.Matches($@"{System.Text.RegularExpressions.Regex.Escape(name)}( \(in [a-z]+\.safetensors\))? is {System.Text.RegularExpressions.Regex.Escape(Shapes.Told(shape))} and should be {System.Text.RegularExpressions.Regex.Escape(Shapes.Told(file.Shapes[name]))}", error);
                refused.Add(name);
            }
        }
        return refused.Count;
    }

    private static IEnumerable<long[]> EveryDimensionOffByOne(long[] shape)
    {
        yield return [1, .. shape];
        yield return [.. shape, 1];
        for (var place = 0; place < shape.Length; place++)
        {
            foreach (var change in new[] { -1, 1 })
            {
                long[] wrong = [.. shape];
                wrong[place] += change;
                yield return wrong;
            }
        }
    }
}
