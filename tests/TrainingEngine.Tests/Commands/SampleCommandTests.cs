using System.CommandLine;
using System.Text.Json;
using Labeler.Shared.Storage;
using Labeler.TrainingEngine.Commands;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Lora;
using Labeler.TrainingEngine.Models;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Commands;

[Collection("Console")]
public sealed class SampleCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    public SampleCommandTests() => _model = TinyModel.Write(_folder.File("model"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_samples_groups_into_a_folder_and_shows_its_progress()
    {
        (int code, string output, string error) = Sample("--prompt", "a cat", "--count", "2", "--group", "3", "--steps", "3", "--seed", "4");

        Assert.Equal((0, ""), (code, error));
        Assert.Contains("sampling 100 %  6/6 steps", output, StringComparison.Ordinal);
        Assert.Equal(6, Directory.GetFiles(_folder.File("out", "images")).Length);
        using Trajectory group = Trajectory.Load(_folder.File("out", "trajectories", "00001.safetensors"));
        Assert.Equal(("a cat", 3, Seeds.At(4, 1)), (group.Origin.Prompt, group.Images, group.Origin.Seed));
        Assert.Equal(["a cat", "a cat"], JsonSerializer.Deserialize<string[]>(File.ReadAllText(_folder.File("out", "prompt.json")))!);
    }

    [Fact]
    public void Again_with_the_same_settings_it_has_nothing_to_do_and_with_others_it_refuses()
    {
        string[] settings = ["--prompt", "a cat", "--group", "1", "--steps", "2"];
        Sample(settings);
        DateTime written = File.GetLastWriteTimeUtc(_folder.File("out", "images", "00000.png"));

        Assert.Equal(0, Sample(settings).Code);
        Assert.Equal(written, File.GetLastWriteTimeUtc(_folder.File("out", "images", "00000.png")));
        (int code, _, string error) = Sample([.. settings, "--guidance", "3"]);
        Assert.Equal(1, code);
        Assert.Contains("was begun with another guidance", error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_adapter_changes_the_images_and_its_hash_is_kept()
    {
        string file = _folder.File("adapter.safetensors");
        using (var scope = NewDisposeScope())
        {
            var unet = StableDiffusion.Load(_model).Unet;
            using var lora = LoraAdapter.Create(unet, LoraTargets.Attention, rank: 2, alpha: 2, seed: 1);
            foreach (var (_, weight) in lora.Parameters)
            {
                weight.add_(0.5);
            }

            LoraWriter.Diffusers(file, lora.Branches);
        }

        string[] settings = ["--prompt", "a cat", "--group", "1", "--steps", "2"];
        Sample(settings);
        (int code, _, string error) = Run(["sample", "--model", _model, "--adapter", file, "--out", _folder.File("adapted"), .. settings]);

        Assert.Equal((0, ""), (code, error));
        using Trajectory plain = Trajectory.Load(_folder.File("out", "trajectories", "00000.safetensors"));
        using Trajectory adapted = Trajectory.Load(_folder.File("adapted", "trajectories", "00000.safetensors"));
        Assert.Equal(("", ContentHash.OfFile(file)), (plain.Origin.AdapterHash, adapted.Origin.AdapterHash));
        Assert.Equal(plain.Latents[0, 0].data<float>().ToArray(), adapted.Latents[0, 0].data<float>().ToArray());
        Assert.NotEqual(plain.Final.contiguous().data<float>().ToArray(), adapted.Final.contiguous().data<float>().ToArray());
    }

    [Fact]
    public void Prompts_of_a_file_take_turns()
    {
        File.WriteAllText(_folder.File("prompts.txt"), "a cat\n\n  a dog\n");

        Sample("--prompts", _folder.File("prompts.txt"), "--count", "3", "--group", "1", "--steps", "2");

        Assert.Equal(["a cat", "a dog", "a cat"], SampleFolder.Open(_folder.File("out")).Manifest.Prompts);
    }

    [Fact]
    public void A_file_of_prompts_that_is_no_utf_8_is_refused_with_line_and_column()
    {
        File.WriteAllBytes(_folder.File("prompts.txt"), System.Text.Encoding.Latin1.GetBytes("a cat\nein schöner Spiegel\n"));

        (int code, _, string error) = Sample("--prompts", _folder.File("prompts.txt"), "--group", "1", "--steps", "2");

        Assert.Equal((1, $"error: {_folder.File("prompts.txt")}, line 2, column 8: the byte 0xF6 is not text in UTF-8; save the file as UTF-8.\n"), (code, error));
    }

    [Fact]
    public void A_prompt_of_ten_thousand_characters_is_sampled_with_a_warning()
    {
        string prompt = string.Concat(Enumerable.Repeat("cat ", 2_500));

        (int code, _, string error) = Sample("--prompt", prompt, "--group", "1", "--steps", "2");

        Assert.Equal(0, code);
        Assert.Contains("is too long: the last 2490 of its 2500 tokens are dropped", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no prompt is given", "--steps", "2")]
    [InlineData("--count is 0", "--prompt", "x", "--count", "0")]
    [InlineData("sampling steps are impossible", "--prompt", "x", "--steps", "0")]
    [InlineData("the device tpu is unknown", "--prompt", "x", "--device", "tpu")]
    [InlineData("there is no device cuda:99", "--prompt", "x", "--device", "cuda:99")]
    [InlineData("float8", "--prompt", "x", "--dtype", "float8")]
    [InlineData("cannot be read as prompts", "--prompts", "missing.txt")]
    [InlineData("missing.safetensors", "--prompt", "x", "--adapter", "missing.safetensors")]
    public void What_is_impossible_is_one_line_and_leaves_nothing_behind(string message, params string[] options)
    {
        (int code, _, string error) = Sample(options);

        Assert.Equal(1, code);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.Equal(1, error.Count(letter => letter == '\n'));
        Assert.False(Directory.Exists(_folder.File("out")));
    }

    [Fact]
    public void A_missing_model_folder_is_named()
    {
        (int code, _, string error) = Run(["sample", "--model", _folder.File("none"), "--prompt", "x", "--out", _folder.File("out")]);

        Assert.Equal(1, code);
        Assert.StartsWith($"error: {_folder.File("none")}", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Info_describes_the_engine_and_a_model()
    {
        (int code, string output, _) = Run(["info", "--model", _model]);

        Assert.Equal(0, code);
        Assert.Contains("libtorch", output, StringComparison.Ordinal);
        Assert.Contains("16 x 16 pixels", output, StringComparison.Ordinal);
        Assert.Contains(ModelHash.Of(_model), output, StringComparison.Ordinal);
    }

    [Fact]
    public void Bench_sampling_prints_speed_the_shares_of_layers_and_the_cost_of_an_operator()
    {
        (int code, string output, string error) = Run(["bench", "sampling", "--model", _model, "--rounds", "1"]);

        Assert.Equal((0, ""), (code, error));
        Assert.Matches(@"steps +\d+\.\d per second", output);
        double[] shares = [.. System.Text.RegularExpressions.Regex.Matches(output, @"^(convolution|attention|linear|normalization|everything else) +(\d+\.\d) % of the time$", System.Text.RegularExpressions.RegexOptions.Multiline)
            .Select(match => double.Parse(match.Groups[2].Value, System.Globalization.CultureInfo.InvariantCulture))];
        Assert.Equal(5, shares.Length);
        Assert.InRange(shares.Sum(), 99.7, 100.3);
        Assert.Matches(@"this machine +\d+ GFLOP/s in a product of two large matrices, \d+ in a large convolution", output);
        Assert.Matches(@"small operator +\d+ ns", output);
    }

    private (int Code, string Output, string Error) Sample(params string[] options) =>
        Run(["sample", "--model", _model, "--out", _folder.File("out"), .. options]);

    private static (int Code, string Output, string Error) Run(string[] arguments) =>
        ConsoleCapture.Of(() => CommandLine.Run(new RootCommand { SampleCommand.Create(), InfoCommand.Create(), BenchCommand.Create() }, arguments));
}
