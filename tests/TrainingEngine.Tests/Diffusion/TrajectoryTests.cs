using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Diffusion;

public sealed class TrajectoryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_trajectory_comes_back_as_it_was_saved()
    {
        using var scope = NewDisposeScope();
        Trajectory saved = Make();

        saved.Save(_folder.File("t.safetensors"));
        using Trajectory read = Trajectory.Load(_folder.File("t.safetensors"));

        Assert.Equivalent(saved.Origin, read.Origin);
        Assert.Equal(saved.Timesteps, read.Timesteps);
        Assert.Equal(Numbers(saved.Latents), Numbers(read.Latents));
        Assert.Equal(Numbers(saved.LogProbabilities!), Numbers(read.LogProbabilities!));
        Assert.Equal(Numbers(saved.Means!), Numbers(read.Means!));
    }

    [Fact]
    public void Means_stay_on_the_disk_where_they_are_not_wanted()
    {
        using var scope = NewDisposeScope();
        Make().Save(_folder.File("t.safetensors"));

        using Trajectory read = Trajectory.Load(_folder.File("t.safetensors"), withMeans: false);

        Assert.Null(read.Means);
    }

    [Fact]
    public void A_file_of_something_else_is_refused()
    {
        using var scope = NewDisposeScope();
        SafeTensors.Write(_folder.File("t.safetensors"), new Dictionary<string, Tensor> { ["x"] = ones(2) });

        Assert.Contains("no trajectory", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void Shapes_that_contradict_each_other_are_refused()
    {
        using var scope = NewDisposeScope();
        (Make() with { LogProbabilities = ones(2, 4) }).Save(_folder.File("t.safetensors"));
        Assert.Contains("log_probs", Refusal(), StringComparison.Ordinal);

        (Make() with { Latents = ones([2, 3, 4, 5, 6]) }).Save(_folder.File("t.safetensors"));
        Assert.Contains("latents", Refusal(), StringComparison.Ordinal);
    }

    private static float[] Numbers(Tensor tensor) => tensor.data<float>().ToArray();

    private string Refusal() => Assert.Throws<EngineException>(() => Trajectory.Load(_folder.File("t.safetensors"))).Message;

    private static Trajectory Make() => new(
        new TrajectoryOrigin
        {
            Prompt = "eine Hand — 手",
            Negative = "blurry",
            Guidance = 7.5,
            Eta = 0.1,
            Seed = ulong.MaxValue,
            ImageSeeds = [1, ulong.MaxValue - 1],
            Width = 48,
            Height = 40,
            ModelHash = "m",
            AdapterHash = "a",
        },
        [901, 451, 1],
        randn([2, 4, 4, 5, 6]),
        randn(2, 3),
        randn([2, 3, 4, 5, 6]));
}
