using Labeler.Shared.Statistics;
using Labeler.TrainingEngine.Algorithms.D3po;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Experiments;
using Labeler.TrainingEngine.Experiments.Annotating;
using Labeler.TrainingEngine.Experiments.Signals;

namespace Labeler.TrainingEngine.Tests.Experiments;

/// <summary>What flagged groups teach by each method, and how it is told.</summary>
public sealed class SignalTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Groups_flagged_all_or_none_teach_nothing_in_pairs_within_them_and_everything_in_pairs_across_them_or_alone()
    {
        // One prompt: a group of all flagged, one of none; another prompt: none flagged, with nobody to meet.
        var samples = Samples("a red flag", "a red flag", "1 hand");
        double[][] verdicts = [[-1, -1], [0, 0], [0, 0]];

        (int, int) Usable(string name) => Method(name).Usable(Method(name).Lesson(samples, verdicts));

        Assert.Equal((0, 0), Usable("d3po"));
        Assert.Equal((4, 2), Usable("d3po-across"));
        Assert.Equal((6, 3), Usable("diffusion-kto"));
        var pair = Method("d3po-across").Lesson(samples, verdicts).Preferences[0];
        Assert.Equal((1, 0), (pair.Group, pair.LoserGroup));
    }

    [Fact]
    public void Where_nothing_at_all_is_flagged_no_method_has_anything_to_learn_from()
    {
        var samples = Samples("a red flag", "a red flag");

        Assert.All(SignalMethod.All, method => Assert.Equal((0, 0), method.Usable(method.Lesson(samples, [[0, 0], [0, 0]]))));
    }

    [Fact]
    public void A_pair_counts_by_how_much_more_people_flagged_its_loser()
    {
        var pairs = Method("d3po").Lesson(Samples("a red flag"), [[-2 / 3.0, 0, -0.5]]).Preferences;

        var pair = Assert.Single(pairs);
        Assert.Equal((1, 0), (pair.Winner, pair.Loser));
        Assert.Equal(2 / 3.0, pair.Weight, 9);
    }

    [Fact]
    public void The_table_has_means_over_seeds_and_says_what_late_epochs_had_to_learn_from()
    {
        SignalRow Row(int seed, int epoch, int safe, int alike, int usable, int signal) => new("d3po", seed, 28 * epoch, 28 * epoch, 4, alike, 7, usable,
            signal, new EpochRow(epoch, Proportion.Wilson(safe, 100), 0, null, 0.2, 0.1, 1, 1), null);

        string[] lines = SignalTable.Write([Row(0, 1, 80, 0, 4, 40), Row(1, 1, 90, 0, 4, 40), Row(0, 2, 90, 4, 0, 0), Row(1, 2, 100, 3, 1, 6)]).Split('\n');

        string[] Cells(string line) => line.Split("  ", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var wilson = Proportion.Wilson(95, 100);
        Assert.Equal(["2", "56", "d3po", "95.0", FormattableString.Invariant($"{100 * wilson.Low:0.0} to {100 * wilson.High:0.0}"), "90.0 to 100.0", "25.0", "3.5", "0.5", "3.0", "0.100"],
            Cells(lines[2]));
        Assert.Equal("epochs 2 to 2, all seeds", lines[4]);
        Assert.Equal(["d3po", "8", "87.5", "12.5", "1 of 2", "28", "95.0"], Cells(lines[6]));
    }

    [Fact]
    public void A_comparison_that_was_stopped_goes_on_and_ends_like_one_that_was_not()
    {
        string model = TinyModel.Write(_folder.File("model"));
        void Run(string folder, int epochs) => new SignalRun(model, Options with { Epochs = epochs }, _folder.File(folder), TextWriter.Null).Run(default);
        Run("unbroken", 2);
        Run("resumed", 1);
        Run("resumed", 2);

        // Without the seconds, and in whatever order it was run.
        IEnumerable<string> Rows(string folder) => File.ReadLines(_folder.File(folder, "signals.csv")).Select(line => string.Join(',', line.Split(',')[..^2])).Order();
        Assert.Equal(Rows("unbroken"), Rows("resumed"));
        Assert.Equal(Path.Combine("seed-0", "d3po", "epoch-2", "policy.safetensors"), SignalState.Of(_folder.File("resumed")).Rows.Last(row => row.Method == "d3po").Policy);
        Assert.Contains("other options", Assert.Throws<EngineException>(() =>
            new SignalRun(model, Options with { Images = 21 }, _folder.File("resumed"), TextWriter.Null).Run(default)).Message, StringComparison.Ordinal);
        File.WriteAllText(_folder.File("resumed", "signals.json"), "{");
        Assert.Contains("cannot be read", Assert.Throws<EngineException>(() => Run("resumed", 2)).Message, StringComparison.Ordinal);
    }

    private static SignalOptions Options { get; } = new()
    {
        Seeds = 1,
        Images = 14,
        EvaluationImages = 2,
        Steps = 3,
        Annotator = new AnnotatorOptions(WrongShare: 0.5),
        D3po = new D3poOptions { LearningRate = 1e-3, ImagesPerStep = 14, FirstStep = 0, LastStep = 10 },
    };

    private static SignalMethod Method(string name) => SignalMethod.All.Single(one => one.Name == name);

    private SampleFolder Samples(params string[] prompts) => SampleFolder.Begin(_folder.File($"samples-{prompts.Length}"), new SampleManifest
    {
        ModelHash = "",
        AdapterHash = "",
        Prompts = prompts,
        Seed = 1,
        GroupSize = 2,
        Steps = 2,
        Eta = 1,
        Guidance = 1,
        Negative = "",
        Width = 16,
        Height = 16,
        Precision = "float32",
        Storage = "float32",
        KeepMeans = false,
        ImagesAtOnce = 1,
    });
}
