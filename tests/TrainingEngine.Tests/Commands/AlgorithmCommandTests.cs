using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Labeler.Shared.Projects;
using Labeler.TrainingEngine.Algorithms;
using Labeler.TrainingEngine.Commands;

namespace Labeler.TrainingEngine.Tests.Commands;

[Collection("Console")]
public sealed class AlgorithmCommandTests : IDisposable
{
    private static readonly (string Algorithm, string Option, string Value)[] Own =
    [
        ("ddpo", "--estimator", "score-function"), ("ddpo", "--baseline", "greedy"), ("dpok", "--kl-weight", "0.5"),
        ("reward-weighted", "--sparse", "true"), ("diffusion-dpo", "--beta", "100"), ("diffusion-kto", "--good-share", "0.8"),
    ];

    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    public AlgorithmCommandTests()
    {
        _model = TinyModel.Write(_folder.File("model"));
        (int code, _, string error) = Run(SampleCommand.Create(), "sample", "--model", _model, "--prompt", "a cat", "--count", "3", "--group", "3", "--steps", "4", "--out", _folder.File("samples"));
        Assert.Equal((0, ""), (code, error));
    }

    /// <summary>Options of algorithms' own, and for each other subcommand one that all have.</summary>
    public static IEnumerable<object[]> Commands => Own.Concat(Algorithm.All.Select(one => one.Info.Name)
        .Where(name => name != "d3po" && Own.All(own => own.Algorithm != name)).Select(name => (name, "--warm-up-steps", "2")))
        .Select(one => new object[] { one.Item1, one.Item2, one.Item3 });

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Commands))]
    public void An_algorithm_learns_from_a_reward_by_one_command(string algorithm, string option, string value)
    {
        (int code, string output, string error) = Train(algorithm, "--samples", _folder.File("samples"), "--reward", "compressibility", option, value);

        Assert.Equal((0, ""), (code, error));
        Assert.Contains("9 images of 3 groups, JPEG size, −kB: mean -", output, StringComparison.Ordinal);
        Assert.True(File.Exists(_folder.File("out", "adapter", "pytorch_lora_weights.safetensors")));
    }

    [Theory]
    [InlineData("ddpo", "3E-04")]
    [InlineData("d3po", "3E-05")]
    public void The_authors_settings_are_one_word_and_what_is_given_beside_them_counts(string algorithm, string rate)
    {
        var published = Algorithm.Find(algorithm).Published(AdapterKind.Lora)!;
        Assert.Equal(double.Parse(rate, CultureInfo.InvariantCulture), published.LearningRate);
        string[] command = algorithm == "d3po" ? [] : [algorithm];

        (int code, _, string error) = Run(TrainCommand.Create(), ["train", .. command, "--model", _model, "--samples", _folder.File("samples"), "--reward", "compressibility", "--out", _folder.File("out"), "--as-published", "--adam-beta1", "0.5"]);

        Assert.Equal((0, ""), (code, error));
        // Its fingerprint of the settings is that of the authors' with the one that was given.
        (code, _, error) = Run(TrainCommand.Create(), ["train", .. command, "--model", _model, "--samples", _folder.File("samples"), "--reward", "compressibility", "--out", _folder.File("out"), "--adam-beta1", "0.5"]);
        Assert.NotEqual(0, code);
        Assert.Contains("holds a run with other data or options", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Peoples_verdicts_are_a_reward_too()
    {
        Directory.CreateDirectory(_folder.File("feedback"));
        File.WriteAllText(_folder.File("feedback", "someone.json"), "[[0, -1, 0], [-1, -1, 0], [0, 0, 0]]");

        (int code, string output, string error) = Train("ddpo", "--samples", _folder.File("samples"), "--feedback", _folder.File("feedback"), "--baseline", "batch");

        Assert.Equal((0, ""), (code, error));
        Assert.Contains("mean verdict: mean -0.3333, from -1 to 0", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("say what to learn from")]
    [InlineData("there is no reward 'magic'", "--reward", "magic")]
    [InlineData("--estimator is importance-sampling, score-function, not guess", "--reward", "compressibility", "--estimator", "guess")]
    [InlineData("--clip takes a number, not much", "--reward", "compressibility", "--clip", "much")]
    [InlineData("must be between", "--reward", "compressibility", "--learning-rate", "7")]
    [InlineData("is no TorchScript module", "--reward", "script:nothing.pt")]
    [InlineData("a detector is named detector:FILE:CLASS", "--reward", "detector:file.pt")]
    public void What_cannot_be_done_is_one_line(string reason, params string[] options)
    {
        (int code, _, string error) = Train("ddpo", ["--samples", _folder.File("samples"), .. options]);

        Assert.Equal(1, code);
        Assert.Contains(reason, error, StringComparison.Ordinal);
        Assert.Equal(1, error.Count(letter => letter == '\n'));
    }

    [Fact]
    public void A_reward_model_is_made_and_says_when_it_may_be_guessing()
    {
        (int code, string output, string error) = Run(TrainCommand.Create(), "train", "reward-model", "--samples", _folder.File("samples"),
            "--reward", "compressibility", "--inner-epochs", "1", "--out", _folder.File("reward.safetensors"));

        Assert.Equal((0, ""), (code, error));
        Assert.Contains("held-out pairs may be guessing", output, StringComparison.Ordinal);
        Assert.Contains("may be guessing", Train("ddpo", "--samples", _folder.File("samples"), "--reward", "model:" + _folder.File("reward.safetensors")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_statistics_of_prompts_go_on_from_one_training_to_the_next()
    {
        string[] small = ["--samples", _folder.File("samples"), "--reward", "compressibility", "--statistics-minimum", "2"];
        Assert.Equal(0, Train("ddpo", small).Code);
        var first = Remembered("out");
        Assert.Equal(9, first.Length);

        // The same images again: what the epoch before remembered is remembered still, so 16 of 18 are.
        Assert.Equal((0, ""), OutcomeOf("next", [.. small, "--epoch-before", _folder.File("out")]));
        Assert.Equal([.. first[2..], .. first], Remembered("next"));

        // Another start gives other advantages, so a folder that was begun without it is not gone on with.
        Assert.Contains("holds a run with other data or options", OutcomeOf("next", small).Error, StringComparison.Ordinal);
        Assert.Contains("has statistics of another reward, JPEG size, −kB",
            OutcomeOf("other", ["--samples", _folder.File("samples"), "--reward", "incompressibility", "--epoch-before", _folder.File("out")]).Error,
            StringComparison.Ordinal);
        Assert.Contains("name its --out", OutcomeOf("other", [.. small, "--epoch-before", _folder.File("samples")]).Error, StringComparison.Ordinal);
        Assert.Contains("only --baseline prompt", OutcomeOf("other", [.. small, "--baseline", "batch", "--epoch-before", _folder.File("out")]).Error, StringComparison.Ordinal);
        File.WriteAllText(_folder.File("out", "prompt-statistics.json"), "[1, 2");
        Assert.Contains("is not what a training writes", OutcomeOf("other", [.. small, "--epoch-before", _folder.File("out")]).Error, StringComparison.Ordinal);
        File.WriteAllText(_folder.File("out", "prompt-statistics.json"), "{\"Prompts\": {\"a cat\": null}, \"Reward\": \"JPEG size, −kB\"}");
        Assert.Contains("lacks the reward's name or the prompts' rewards", OutcomeOf("other", [.. small, "--epoch-before", _folder.File("out")]).Error, StringComparison.Ordinal);

        double[] Remembered(string folder) => [.. JsonDocument.Parse(File.ReadAllBytes(_folder.File(folder, "prompt-statistics.json")))
            .RootElement.GetProperty("Prompts").GetProperty("a cat").EnumerateArray().Select(reward => reward.GetDouble())];

        (int Code, string Error) OutcomeOf(string folder, string[] options)
        {
            var (code, _, error) = Run(TrainCommand.Create(),
                ["train", "ddpo", "--model", _model, "--out", _folder.File(folder), "--workers", "1", "--threads", "1", .. options]);
            return (code, error);
        }
    }

    private (int Code, string Output, string Error) Train(string algorithm, params string[] options) => Run(
        TrainCommand.Create(), ["train", algorithm, "--model", _model, "--out", _folder.File("out"), "--workers", "1", "--threads", "1", .. options]);

    private static (int Code, string Output, string Error) Run(Command command, params string[] arguments) =>
        ConsoleCapture.Of(() => CommandLine.Run(new RootCommand { command }, arguments));
}
