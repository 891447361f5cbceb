using Labeler.TrainingEngine.Algorithms.D3po;
using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Lora;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Models.Layers;
using Labeler.TrainingEngine.Tests.Models;
using Labeler.TrainingEngine.Training;
using Labeler.TrainingEngine.Training.Data;
using Labeler.TrainingEngine.Training.Loop;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Training;

/// <summary>Computing in a narrow type.</summary>
public sealed class MixedPrecisionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Norms_of_narrow_numbers_are_those_of_float32_rounded()
    {
        var x = randn([2, 8, 5, 5], generator: new Generator(1)).mul(3).add(40).to(ScalarType.BFloat16);
        var rows = x.transpose(1, 3);

        var group = new GroupNorm(ModelPart.Root(new RandomWeights(1, ScalarType.BFloat16)), "n", 4, 8, 1e-5).Forward(x);
        var layer = new LayerNorm(ModelPart.Root(new RandomWeights(1, ScalarType.BFloat16)), "n", 8).Forward(rows);

        Tensors.AssertSame(nn.functional.group_norm(x.to(float32), 4, ones(8), zeros(8), 1e-5).to(ScalarType.BFloat16), group);
        Tensors.AssertSame(nn.functional.layer_norm(rows.to(float32), [8], ones(8), zeros(8), 1e-5).to(ScalarType.BFloat16), layer);
    }

    [Fact]
    public void An_adapter_multiplies_in_the_models_type_and_keeps_float32_for_its_gradients()
    {
        var linear = new Linear(ModelPart.Root(new RandomWeights(1, ScalarType.BFloat16)), "l", 6, 4, bias: false);
        var (down, up) = (randn([2, 6], requires_grad: true), randn([4, 2], requires_grad: true));
        linear.Lora = new LoraBranch(down, up, 1);
        var x = randn([3, 6]).to(ScalarType.BFloat16);

        var gradients = autograd.grad([linear.Forward(x).to(float32).sum()], [down, up]);

        Assert.Equal([ScalarType.Float32, ScalarType.Float32], gradients.Select(gradient => gradient.dtype));
        var inner = nn.functional.linear(x, down.to(ScalarType.BFloat16));
        Tensors.AssertSame(
            nn.functional.linear(x, linear.Weight).add(nn.functional.linear(inner, up.to(ScalarType.BFloat16))), linear.Forward(x));
    }

    [Fact]
    public void Guidance_widens_before_it_subtracts()
    {
        var model = StableDiffusion.Load(TinyModel.Write(_folder.File("model")), dtype: ScalarType.BFloat16);
        using var untracked = no_grad();
        var (text, none) = (model.Encode(["a cat"], (16, 16)), model.Encode([""], (16, 16)));
        var latents = randn([1, 4, 8, 8], generator: new Generator(1)).to(ScalarType.BFloat16);

        var guided = new GuidedDenoiser(model.Unet, 5).Predict(latents, [500], text, none);

        var halves = model.Unet.Forward(cat([latents, latents]), tensor(new[] { 500f }), none.Then(text)).to(float32).chunk(2);
        Tensors.AssertSame(halves[0] + ((halves[1] - halves[0]) * 5), guided);
    }

    [Theory]
    [InlineData(ScalarType.BFloat16, 0.02)]
    [InlineData(ScalarType.Float32, MixedPrecision.NarrowRatioTolerance)]
    public void Before_the_first_update_ratios_to_a_narrow_model_are_1_within_a_tolerance(ScalarType training, double tolerance)
    {
        TinyTrajectories.Model(_folder.File("model"));
        var files = TinyTrajectories.Sample(Loaded(ScalarType.BFloat16), _folder.File("groups"), 4, 4, guidance: 5);

        var run = Train(Loaded(training), files, new D3poOptions { InnerEpochs = 1 }, "run");

        var checks = File.ReadLines(Path.Combine(_folder.File("run"), "metrics.jsonl")).Where(line => line.Contains("ratio-check", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(checks);
        Assert.All(checks, line => Assert.InRange(System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("deviation").GetDouble(), 0, tolerance));
        using var trajectory = Trajectory.Load(files[0]);
        Assert.Equal((ScalarType.BFloat16, "bfloat16"), (trajectory.Origin.ComputedIn, trajectory.Origin.Precision));
        Assert.True(File.Exists(run.Weights));
    }

    [Fact]
    public void Weights_smaller_than_a_narrow_step_are_kept_from_one_run_to_the_next()
    {
        TinyTrajectories.Model(_folder.File("model"));
        var narrow = Loaded(ScalarType.BFloat16);
        var files = TinyTrajectories.Sample(narrow, _folder.File("groups"), 2, 4);
        var options = new D3poOptions { InnerEpochs = 1, LearningRate = 1e-6 };
        var whole = new TrainedPart.WholeUNet();

        var first = Train(narrow, files, options, "first", whole).Weights;
        var second = Train(narrow, files, options with { RatioTolerance = 1 }, "second", whole with { From = first }).Weights;

        using var one = SafeTensors.Open(first);
        using var two = SafeTensors.Open(second);
        var name = narrow.Unet.Parameters.Keys.First(key => key.EndsWith("to_q.weight", StringComparison.Ordinal));
        var (start, after, later) = (narrow.Unet.Parameters[name].to(float32), one.Read(name), two.Read(name));
        Assert.Equal(ScalarType.Float32, after.dtype);
        Assert.InRange((after - start).abs().max().item<float>(), 1e-7, 1e-5);
        // The second run began where the first ended, which the model's own type cannot hold.
        Assert.True((later - after).abs().max().item<float>() < 1.5e-5f);
        Assert.False(after.equal(after.to(ScalarType.BFloat16).to(float32)).all().item<bool>());
    }

    [Fact]
    public void Float16_samples_and_does_not_train()
    {
        TinyTrajectories.Model(_folder.File("model"));
        var half = Loaded(ScalarType.Float16);
        var files = TinyTrajectories.Sample(half, _folder.File("groups"), 2, 4);

        var error = Assert.Throws<EngineException>(() => Train(half, files, new D3poOptions(), "run"));

        Assert.Contains("take bfloat16", error.Message, StringComparison.Ordinal);
    }

    private StableDiffusion Loaded(ScalarType type) => StableDiffusion.Load(_folder.File("model"), dtype: type);

    private TrainingResult Train(StableDiffusion model, IReadOnlyList<string> files, D3poOptions options, string output,
        TrainedPart? part = null)
    {
        double[][] verdicts = [.. files.Select(_ => new double[] { -1, 0, 0, 0 })];
        var epoch = new JudgedEpoch(files, [.. files.Select(_ => "a cat")], verdicts);
        var place = new RunOptions { Output = _folder.File(output), Workers = 1, Threads = 1, CheckHashes = false };
        return new D3poAlgorithm().Run(new(model, epoch, part ?? new TrainedPart.Adapter(LoraTargets.AllLinear), place, default), options);
    }
}
