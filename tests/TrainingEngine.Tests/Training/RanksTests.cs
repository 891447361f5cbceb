using System.Text.Json.Nodes;
using Labeler.TrainingEngine.Compute.Ranks;
using Labeler.TrainingEngine.Training.Loop;
using Labeler.TrainingEngine.Weights;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Training;

/// <summary>One training by several processes under Open MPI's mpirun.</summary>
[Collection("Console")]
public sealed class RanksTests : IClassFixture<KilledTrainingTests.Sampled>, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly KilledTrainingTests.Sampled _sampled;

    public RanksTests(KilledTrainingTests.Sampled sampled)
    {
        _sampled = sampled;
        Directory.CreateDirectory(_folder.File("feedback"));
        File.WriteAllText(_folder.File("feedback", "ann.json"), "[[0,-1,0,-1],[0,0,-1,0],[-1,0,0,0]]");
    }

    [Theory]
    [InlineData("d3po")]
    [InlineData("d3po", "--redraw", "--hold-color", "1", "--kl-base", "0.5")]
    [InlineData("diffusion-kto")]
    public void Two_ranks_train_what_one_does_with_the_same_bits_each_time(string algorithm, params string[] options)
    {
        foreach (var (name, ranks) in new[] { ("one", 1), ("two", 2), ("again", 2) }.Take(algorithm == "d3po" ? 3 : 2))
        {
            using var training = EngineProcess.StartWith(RankProcess.AsRoot, [.. Arguments(name, ranks, algorithm, 3, "60"), .. options]);
            Assert.Equal((0, ""), (training.End().Code, training.End().Errors.Replace("\r", "", StringComparison.Ordinal)));
            Assert.Single(training.End().Output.Split('\n'), line => line.StartsWith("wrote ", StringComparison.Ordinal));
        }
        if (algorithm == "d3po")
        {
            Assert.Equal(File.ReadAllBytes(Adapter("two")), File.ReadAllBytes(Adapter("again")));
        }
        var (one, two) = (SafeTensors.ReadAll(Adapter("one")), SafeTensors.ReadAll(Adapter("two")));
        Assert.Equal(one.Keys, two.Keys);
        Assert.All(one.Keys, name => Assert.True(one[name].allclose(two[name], 1e-4, 1e-6), name));
        var (lines, sameLines) = (Lines("one"), Lines("two"));
        Assert.Equal(lines.Length, sameLines.Length);
        Assert.Contains(lines, line => (string?)line["kind"] == "step");
        foreach (var (line, same) in lines.Zip(sameLines))
        {
            Assert.Equal((string?)line["kind"], (string?)same["kind"]);
            foreach (var figure in new[] { "loss", "gradientNorm", "accuracy", "margin", "pairs" })
            {
                Assert.Equal((double?)line[figure] ?? 0, (double?)same[figure] ?? 0, 1e-4);
            }
        }
    }

    [Fact]
    public void A_killed_rank_ends_the_run_and_another_number_of_ranks_goes_on()
    {
        using (var training = Train("killed", 2, passes: 16, every: "0"))
        {
            training.WaitFor(() => Count("killed") > 4);
            using (var rank = RankProcess.Of(1, _folder.File("killed"))!)
            {
                rank.Kill();
            }
            Assert.NotEqual(0, training.End().Code);
            Assert.DoesNotContain("wrote", training.End().Output, StringComparison.Ordinal);
        }
        using (var interrupted = Train("killed", 3, passes: 16, every: "0"))
        {
            var before = Count("killed");
            interrupted.WaitFor(() => Count("killed") > before + 2);
            interrupted.Interrupt();
            Assert.Equal(130, interrupted.End().Code);
            Assert.Contains("going on after step", interrupted.End().Output, StringComparison.Ordinal);
        }
        using var rest = Train("killed", 1, passes: 16);
        Assert.Equal((0, ""), (rest.End().Code, rest.End().Errors));
        Assert.Contains("going on after step", rest.End().Output, StringComparison.Ordinal);
        var steps = Lines("killed").Where(line => (string?)line["kind"] == "step").Select(line => (int)line["step"]!).ToArray();
        Assert.Equal(Enumerable.Range(1, steps.Length), steps);
    }

    [Fact]
    public void Without_Open_MPI_it_is_said_what_to_install()
    {
        using var training = EngineProcess.StartWith(new() { ["PATH"] = "/nowhere" }, Arguments("none", 2, "d3po", 1, "60"));
        Assert.Equal((1, "error: --ranks: mpirun is not there: install Open MPI (Debian and Ubuntu: apt-get install openmpi-bin)\n"), (training.End().Code, training.End().Errors));
    }

    [Fact]
    public void Ranks_that_see_different_checkpoints_or_have_different_weights_do_not_begin()
    {
        var folders = Assert.Throws<EngineException>(() => RankAgreement.RequireOnePlace(new TwoRanks(-1), "/somewhere", 8));
        Assert.Equal("the 2 ranks see different checkpoints in /somewhere (steps 8, none): give a folder that all of their machines share", folders.Message);
        using var weights = new TrainableWeights([("weight", zeros(3))], new(1e-3, .9, .999, 1e-8, 0));
        var drifted = Assert.Throws<EngineException>(() => RankAgreement.RequireSameWeights(new TwoRanks("another hash"), weights));
        Assert.StartsWith("rank 1 has other weights than rank 0: train on machines of one kind", drifted.Message, StringComparison.Ordinal);
        Assert.Throws<OperationCanceledException>(() => RankAgreement.OnStopping(new TwoRanks(true), default));
    }

    public void Dispose() => _folder.Dispose();

    private EngineProcess Train(string name, int ranks, int passes, string every = "60") =>
        EngineProcess.StartWith(RankProcess.AsRoot, Arguments(name, ranks, "d3po", passes, every));

    private string[] Arguments(string name, int ranks, string algorithm, int passes, string every) =>
    [
        "train", .. algorithm == "d3po" ? Array.Empty<string>() : [algorithm], "--model", _sampled.Model, "--samples", _sampled.Samples,
        "--feedback", _folder.File("feedback"), "--out", _folder.File(name), "--ranks", $"{ranks}", "--micro-batch", "2", "--workers", "1",
        "--inner-epochs", $"{passes}", "--images-per-step", "12", "--learning-rate", "1e-3", "--checkpoint-every", every,
    ];

    private string Adapter(string name) => _folder.File(name, "adapter", "pytorch_lora_weights.safetensors");

    private JsonNode[] Lines(string name) => [.. File.ReadLines(_folder.File(name, "metrics.jsonl")).Select(line => JsonNode.Parse(line)!)];

    private int Count(string name) => File.Exists(_folder.File(name, "metrics.jsonl")) ? File.ReadLines(_folder.File(name, "metrics.jsonl")).Count() : 0;

    /// <summary>Another rank that says something of its own.</summary>
    private sealed class TwoRanks(object other) : IRanks
    {
        public int Rank => 0;

        public int Count => 2;

        public int OnMachine => 2;

        public int RankOnMachine => 0;

        public IReadOnlyList<T> Gather<T>(T value) => [value, (T)other];

        public void Sum(IReadOnlyList<Tensor> tensors)
        {
        }

        public void Leave()
        {
        }

        public void Dispose()
        {
        }
    }
}
