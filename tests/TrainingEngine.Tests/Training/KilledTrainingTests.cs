using System.CommandLine;
using Labeler.TrainingEngine.Commands;
using Labeler.TrainingEngine.Tests.Commands;

namespace Labeler.TrainingEngine.Tests.Training;

[Collection("Console")]
public sealed class KilledTrainingTests : IClassFixture<KilledTrainingTests.Sampled>, IDisposable
{
    private const int Epochs = 8;
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;
    private string _samples;

    public KilledTrainingTests(Sampled sampled)
    {
        (_model, _samples) = (sampled.Model, sampled.Samples);
        Directory.CreateDirectory(_folder.File("feedback"));
        File.WriteAllText(_folder.File("feedback", "ann.json"), "[[0,-1,0,-1],[0,0,-1,0],[-1,0,0,0]]");
    }

    [Fact]
    public void A_run_that_trains_text_encoders_too_and_is_killed_ends_bit_equal_to_one_that_was_not()
    {
        using (var unbroken = EngineProcess.Start([.. Arguments("unbroken", 3, "0"), "--text-encoders"]))
        {
            Assert.Equal((0, ""), (unbroken.End().Code, unbroken.End().Errors));
        }
        using (var killed = EngineProcess.Start([.. Arguments("killed", 3, "0"), "--text-encoders"]))
        {
            var checkpoints = _folder.File("killed", "checkpoints");
            killed.WaitFor(() => Directory.Exists(checkpoints) && Directory.GetDirectories(checkpoints).Any(one => !one.EndsWith(".unfinished", StringComparison.Ordinal)));
            Assert.True(killed.Running, "it was over before it could be killed");
            killed.Kill();
        }
        using var rest = EngineProcess.Start([.. Arguments("killed", 3, "0"), "--text-encoders"]);
        Assert.Contains("going on after step", rest.End().Output, StringComparison.Ordinal);

        Assert.Contains("text_encoder.text_model.encoder.layers.0.self_attn.q_proj.lora_linear_layer.up.weight",
            TrainingEngine.Weights.SafeTensors.ReadAll(_folder.File("killed", "adapter", "pytorch_lora_weights.safetensors")).Keys);
        foreach (var file in new[] { "pytorch_lora_weights.safetensors", "kohya_lora_weights.safetensors", "text_encoder/adapter_model.safetensors" })
        {
            Assert.Equal(File.ReadAllBytes(_folder.File("unbroken", "adapter", file)), File.ReadAllBytes(_folder.File("killed", "adapter", file)));
        }
    }

    [Fact]
    public void Text_encoders_are_not_trained_beside_a_whole_denoiser()
    {
        using var refused = EngineProcess.Start([.. Arguments("refused", 1, "0"), "--full", "--text-encoders"]);

        Assert.Equal((1, 1), (refused.End().Code, refused.End().Errors.TrimEnd().Split('\n').Length));
        Assert.Contains("leave --full or --text-encoders out", refused.End().Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_killed_at_any_moment_ends_bit_equal_to_one_that_was_not()
    {
        Assert.Equal(0, Train("unbroken", Epochs).End().Code);
        using (var early = Train("killed", Epochs))
        {
            early.WaitFor(() => Lines("killed") > 6);
            early.Kill();
        }
        using (var writing = Train("killed", Epochs))
        {
            var before = Lines("killed");
            writing.WaitFor(() => Lines("killed") > before + 20 && Directory.GetDirectories(_folder.File("killed", "checkpoints"), "*.unfinished").Length > 0);
            writing.Kill();
        }
        using (var interrupted = Train("killed", Epochs))
        {
            var before = Lines("killed");
            interrupted.WaitFor(() => Lines("killed") > before + 20);
            interrupted.Interrupt();
            Assert.Equal((130, "stopped\n"), (interrupted.End().Code, interrupted.End().Errors));
        }

        Assert.Contains("going on after step", Finish("killed"));

        foreach (var file in new[] { "adapter/pytorch_lora_weights.safetensors", "adapter/kohya_lora_weights.safetensors" })
        {
            Assert.Equal(File.ReadAllBytes(_folder.File("unbroken", file)), File.ReadAllBytes(_folder.File("killed", file)));
        }
        var (unbroken, killed) = (Checkpoint("unbroken"), Checkpoint("killed"));
        Assert.Equal(File.ReadAllBytes(Path.Combine(unbroken, "optimizer.safetensors")), File.ReadAllBytes(Path.Combine(killed, "optimizer.safetensors")));
        Assert.Equal(Lines("unbroken"), Lines("killed"));
    }

    [Fact]
    public void Memory_stays_flat_over_hundreds_of_steps()
    {
        // Until about step 450 the runtime recompiles hot code and settles its heap, which moves memory by a tenth either way.
        const int Settled = 500, End = 900;
        using var training = Train("long", 100, every: "1000");
        training.WaitFor(() => Lines("long") > Settled);
        var early = training.Memory;
        training.WaitFor(() => Lines("long") > End);
        var late = training.Memory;

        Assert.True(late > 0 && late < early * 1.05, $"{early >> 20} MB after {Settled} steps, {late >> 20} MB after {End}");
    }

    [Fact]
    public void A_full_disk_is_one_clear_error_and_the_last_checkpoint_stays()
    {
        using (var training = Train("full", Epochs))
        {
            training.WaitFor(() => Lines("full") > 8);
            training.Kill();
        }
        var kept = Directory.GetFiles(Checkpoint("full")).ToDictionary(file => file, File.ReadAllBytes);

        using var limited = EngineProcess.StartWithFilesUpTo(4, Arguments("full", Epochs, "0"));
        var (code, _, errors) = limited.End();

        Assert.Equal(1, code);
        Assert.Matches("^error: .*(cannot be written|could not write).*\n$", errors);
        Assert.All(kept, file => Assert.Equal(file.Value, File.ReadAllBytes(file.Key)));
        Assert.Contains("going on after step", Finish("full"));
    }

    [Theory]
    [InlineData("[[0,0,0,0],[0,0,0,0],[0,0,0,0]]", "nothing to learn")]
    [InlineData("[[0,0,0,0],[0,0,0,0]]", "ann.json must be a list of 3 lists")]
    [InlineData("[[0,0,0,0],[0,0,0,0],[0,1,0,0]]", "ann.json, prompt 2, image 1")]
    public void Wrong_labels_are_one_clear_error(string labels, string message)
    {
        File.WriteAllText(_folder.File("feedback", "ann.json"), labels);

        var (code, _, errors) = TrainHere("wrong");

        Assert.Equal(1, code);
        Assert.Contains(message, errors);
        Assert.Single(errors.TrimEnd('\n').Split('\n'));
        Assert.False(Directory.Exists(_folder.File("wrong")));
    }

    [Fact]
    public void Missing_trajectories_are_counted_and_the_first_is_named()
    {
        _samples = WithoutTheSecondTrajectory(_samples);

        var (code, _, errors) = TrainHere("wrong");

        Assert.Equal(1, code);
        Assert.Contains("1 trajectories are missing", errors);
        Assert.Contains("00001.safetensors", errors);
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>A model and three groups of its images, which every test learns from and none changes.</summary>
    public sealed class Sampled : IDisposable
    {
        private readonly TemporaryFolder _folder = new();

        public Sampled()
        {
            TinyTrajectories.Model(Model);
            var (code, _, errors) = Run(
                SampleCommand.Create(), "sample", "--model", Model, "--prompt", "a cat", "--count", "3", "--group", "4", "--steps", "4", "--guidance", "2", "--out", Samples);
            Assert.True(code == 0, errors);
        }

        public string Model => _folder.File("model");

        public string Samples => _folder.File("samples");

        public void Dispose() => _folder.Dispose();
    }

    private string WithoutTheSecondTrajectory(string samples)
    {
        var copy = _folder.File("samples");
        foreach (var file in Directory.GetFiles(samples, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(copy, Path.GetRelativePath(samples, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
        File.Delete(Path.Combine(copy, "trajectories", "00001.safetensors"));
        return copy;
    }

    /// <summary>In this process, where nothing is to be killed.</summary>
    private (int Code, string Output, string Errors) TrainHere(string output) => Run(TrainCommand.Create(), Arguments(output, 1, "0"));

    private static (int Code, string Output, string Errors) Run(Command command, params string[] arguments) =>
        ConsoleCapture.Of(() => CommandLine.Run(new RootCommand { command }, arguments));

    private EngineProcess Train(string output, int epochs, string every = "0") => EngineProcess.Start(Arguments(output, epochs, every));

    private string[] Arguments(string output, int epochs, string every) =>
    [
        "train", "--model", _model, "--samples", _samples, "--feedback", _folder.File("feedback"), "--out", _folder.File(output),
        "--inner-epochs", $"{epochs}", "--images-per-step", "4", "--workers", "2", "--threads", "1", "--checkpoint-every", every, "--learning-rate", "1e-3",
    ];

    private string Finish(string output)
    {
        var (code, said, errors) = Train(output, Epochs).End();
        Assert.True(code == 0, errors);
        return said;
    }

    private string Checkpoint(string output) =>
        Directory.GetDirectories(_folder.File(output, "checkpoints")).Single(path => !path.EndsWith(".unfinished", StringComparison.Ordinal));

    private int Lines(string output)
    {
        var path = _folder.File(output, "metrics.jsonl");
        return File.Exists(path) ? File.ReadLines(path).Count() : 0;
    }
}
