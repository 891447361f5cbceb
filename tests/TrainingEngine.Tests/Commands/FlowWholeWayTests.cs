using System.CommandLine;
using System.Text.Json;
using Labeler.TrainingEngine.Commands;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Tests.Training;

namespace Labeler.TrainingEngine.Tests.Commands;

/// <summary>What a person does with an SD3 or FLUX folder and no web application: sample, judge, train, sample again.</summary>
[Collection("Console")]
public sealed class FlowWholeWayTests : IDisposable
{
    private static readonly string[] Quick = ["--steps", "4", "--guidance", "2", "--group", "4"];
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Families => ["sd3", "flux"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Families))]
    public void Judgements_become_an_adapter_by_d3po_and_rewards_one_by_ddpo_and_each_samples_other_images(string family)
    {
        var model = Sampled(family);

        Engine([.. Train("d3po"), "--learning-rate", "1e-3"]);
        Engine(["train", "ddpo", "--model", model, "--samples", _folder.File("samples"), "--reward", "compressibility", "--baseline", "group", "--kl-weight", "0.04", "--learning-rate", "1e-3", "--out", _folder.File("grpo")]);

        var plain = Again(model, null);
        foreach (var trained in new[] { "d3po", "grpo" })
        {
            var adapted = Again(model, _folder.File(trained, "adapter"));
            Assert.NotEqual(plain, adapted);
            Assert.Equal(adapted, Again(model, _folder.File(trained, "adapter")));
        }

        Assert.Contains("flow sde", System.Text.Encoding.UTF8.GetString(File.ReadAllBytes(_folder.File("samples", "images", "00000.png"))), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_run_killed_at_any_moment_ends_bit_equal_to_one_that_was_not(string family)
    {
        Sampled(family);
        string[] often = ["--inner-epochs", "12", "--checkpoint-every", "0"];
        using (var whole = EngineProcess.Start([.. Train("unbroken"), .. often]))
        {
            Assert.Equal((0, ""), (whole.End().Code, whole.End().Errors));
        }

        using (var killed = EngineProcess.Start([.. Train("killed"), .. often]))
        {
            killed.WaitFor(() => Lines("killed") >= 6);
            Assert.True(killed.Running, "it was over before it could be killed");
            killed.Kill();
        }

        using var rest = EngineProcess.Start([.. Train("killed"), .. often]);
        Assert.Contains("going on after step", rest.End().Output, StringComparison.Ordinal);

        foreach (var file in new[] { "pytorch_lora_weights.safetensors", "kohya_lora_weights.safetensors", "adapter_model.safetensors" })
        {
            Assert.Equal(File.ReadAllBytes(_folder.File("unbroken", "adapter", file)), File.ReadAllBytes(_folder.File("killed", "adapter", file)));
        }

        Assert.Equal(Lines("unbroken"), Lines("killed"));
    }

    [Fact]
    public void Images_without_further_noise_come_from_eulers_method_and_the_other_noise_gives_others()
    {
        var model = TinyFlowModel.Write(_folder.File("model"), "sd3");

        float[] Last(string name, params string[] options)
        {
            Engine(["sample", "--model", model, "--prompt", "a cat", "--out", _folder.File(name), .. Quick, .. options]);
            using var trajectory = Trajectory.Load(_folder.File(name, "trajectories", "00000.safetensors"));
            Assert.Equal(name == "euler", trajectory.LogProbabilities is null);
            return trajectory.Final.contiguous().data<float>().ToArray();
        }

        var (euler, sde, cps) = (Last("euler", "--eta", "0"), Last("sde", "--noise", "sde"), Last("cps", "--noise", "cps"));

        Assert.NotEqual(euler, sde);
        Assert.NotEqual(sde, cps);
        Assert.Equal(0.7, SampleFolder.Open(_folder.File("sde")).Manifest.Eta);
        Assert.Equal(("sde", "cps", ""), (Noise("sde"), Noise("cps"), Noise("euler")));
        string Noise(string name) => SampleFolder.Open(_folder.File(name)).Manifest.Noise;
    }

    private string Sampled(string family)
    {
        var model = TinyFlowModel.Write(_folder.File("model"), family);
        Engine(["sample", "--model", model, "--prompt", "a cat", "--prompt", "a dog", "--count", "2", "--seed", "1", "--out", _folder.File("samples"), .. Quick]);
        Directory.CreateDirectory(_folder.File("feedback"));
        File.WriteAllText(_folder.File("feedback", "ann.json"), JsonSerializer.Serialize(new int[][] { [0, -1, 0, -1], [-1, 0, 0, 0] }));
        return model;
    }

    private string[] Train(string name) =>
        ["train", "--model", _folder.File("model"), "--samples", _folder.File("samples"), "--feedback", _folder.File("feedback"), "--out", _folder.File(name)];

    private int Lines(string name) =>
        File.Exists(_folder.File(name, "metrics.jsonl")) ? File.ReadAllText(_folder.File(name, "metrics.jsonl")).Count(letter => letter == '\n') : 0;

    private float[] Again(string model, string? adapter)
    {
        var output = _folder.File($"sampled-{Directory.GetDirectories(_folder.Path).Length}");
        Engine(["sample", "--model", model, "--prompt", "a cat", "--seed", "5", "--out", output, .. Quick, .. adapter is null ? Array.Empty<string>() : ["--adapter", adapter]]);
        using var trajectory = Trajectory.Load(Path.Combine(output, "trajectories", "00000.safetensors"));
        return trajectory.Latents.data<float>().ToArray();
    }

    private static string Engine(string[] arguments)
    {
        var (code, output, error) = ConsoleCapture.Of(() => CommandLine.Run(new RootCommand { SampleCommand.Create(), TrainCommand.Create() }, arguments));
        Assert.True(code == 0, error);
        return output;
    }
}
