using System.CommandLine;
using System.Text.Json;
using Labeler.TrainingEngine.Commands;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Lora;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Tests.Lora;

namespace Labeler.TrainingEngine.Tests.Commands;

/// <summary>What a person does with a checkpoint in a folder and no web application: sample, judge, train, sample again.</summary>
[Collection("Console")]
public sealed class WholeWayTests : IDisposable
{
    private static readonly string[] Quick = ["--steps", "2", "--guidance", "5", "--width", "64", "--height", "64"];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [GoldenFact]
    public void Judgements_become_an_adapter_that_samples_the_same_images_in_every_format()
    {
        string model = GoldenFolder.File("tiny-sd15"), trained = _folder.File("trained");
        Engine(["sample", "--model", model, "--prompt", "a photo of a hand", "--prompt", "two hands", "--count", "8", "--seed", "1", "--out", _folder.File("samples"), .. Quick]);
        Assert.Equal(56, Directory.GetFiles(_folder.File("samples", "images")).Length);
        Directory.CreateDirectory(_folder.File("feedback"));
        foreach (int annotator in new[] { 0, 1 })
        {
            int[][] labels = [.. Enumerable.Range(0, 8).Select(group => Enumerable.Range(0, 7).Select(image => (image + group + annotator) % 3 == 0 ? -1 : 0).ToArray())];
            File.WriteAllText(_folder.File("feedback", $"{annotator}.json"), JsonSerializer.Serialize(labels));
        }

        string said = Engine(["train", "--model", model, "--samples", _folder.File("samples"), "--feedback", _folder.File("feedback"), "--out", trained, "--learning-rate", "1e-3"]);

        Assert.Contains("8 groups, of which 8 teach", said, StringComparison.Ordinal);
        string[] kinds = [.. File.ReadLines(Path.Combine(trained, "metrics.jsonl")).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("kind").GetString()!)];
        Assert.Equal((2, 2, 2), (kinds.Count(kind => kind == "ratio-check"), kinds.Count(kind => kind == "step"), kinds.Count(kind => kind == "timestep")));

        float[] plain = Sampled(model, null), adapted = Sampled(model, Path.Combine(trained, "adapter"));
        Assert.NotEqual(plain, adapted);
        Assert.Equal(adapted, Sampled(model, Path.Combine(trained, "adapter", LoraFile.KohyaName)));
        var unet = StableDiffusion.LoadUnet(Path.Combine(model, "unet"));
        using var adapter = LoraAdapter.Load(unet, Path.Combine(trained, "adapter"));
        foreach (string format in LoraFormats.All)
        {
            string file = _folder.File($"{format}.safetensors");
            LoraFormats.Write(format, file, adapter.Branches);
            Assert.Equal(adapted, Sampled(model, file));
        }
    }

    private float[] Sampled(string model, string? adapter)
    {
        string output = _folder.File($"sampled-{Directory.GetDirectories(_folder.Path).Length}");
        Engine(["sample", "--model", model, "--prompt", "a photo of a hand", "--group", "2", "--seed", "5", "--out", output, .. Quick, .. adapter is null ? Array.Empty<string>() : ["--adapter", adapter]]);
        using Trajectory trajectory = Trajectory.Load(Path.Combine(output, "trajectories", "00000.safetensors"));
        return trajectory.Latents.data<float>().ToArray();
    }

    private static string Engine(string[] arguments)
    {
        var (code, output, error) = ConsoleCapture.Of(() => CommandLine.Run(new RootCommand { SampleCommand.Create(), TrainCommand.Create() }, arguments));
        Assert.True(code == 0, error);
        return output;
    }
}
