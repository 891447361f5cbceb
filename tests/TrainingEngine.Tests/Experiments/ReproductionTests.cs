using System.Globalization;
using System.Text.Json.Nodes;
using Labeler.Shared.Imaging;
using Labeler.Shared.Statistics;
using Labeler.TrainingEngine.Algorithms.D3po;
using Labeler.TrainingEngine.Experiments;
using Labeler.TrainingEngine.Experiments.Annotating;
using Labeler.TrainingEngine.MirrorWorld.Scenes;

namespace Labeler.TrainingEngine.Tests.Experiments;

public sealed class ReproductionTests(ReproductionTests.Finished finished) : IClassFixture<ReproductionTests.Finished>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("normalcy")]
    [InlineData("alignment")]
    public void A_run_writes_a_row_a_sheet_and_a_curve_for_the_base_and_every_epoch(string experiment)
    {
        (string output, IReadOnlyList<EpochRow> rows) = experiment == Finished.Experiment ? (finished.Output, finished.Rows) : (_folder.File("out"), Run(experiment, _folder.File("out"), seed: 1));

        Assert.Equal([0, 1, 2], rows.Select(row => row.Epoch));
        string[] lines = File.ReadAllLines(Path.Combine(output, "results.csv"));
        Assert.Equal("epoch,images,rate,low,high,diversity,sample_seconds,train_seconds", lines[0]);
        Assert.Equal(4, lines.Length);
        Assert.All(lines.Skip(1), line => Assert.Equal(14, double.Parse(line.Split(',')[1], CultureInfo.InvariantCulture)));
        Assert.StartsWith("0,", lines[1], StringComparison.Ordinal);
        Assert.EndsWith(",0,0", lines[1], StringComparison.Ordinal);
        string[] labels = File.ReadAllLines(Path.Combine(output, "labels.csv"));
        Assert.Equal("epoch,labels,rate,low,high", labels[0]);
        Assert.Equal([0.0, 1, 2], labels.Skip(1).Select(line => int.Parse(line.Split(',')[1], CultureInfo.InvariantCulture) / 14.0));
        foreach (string picture in new[] { "curve.png", "epoch-0.png", "epoch-1.png", "epoch-2.png" })
        {
            Assert.True(Picture.Decode(File.ReadAllBytes(Path.Combine(output, picture))).Width > 100, picture);
        }
    }

    [Fact]
    public void Two_runs_with_one_seed_learn_the_same_and_another_seed_learns_something_else()
    {
        Run(Finished.Experiment, _folder.File("same"), Finished.Seed);
        Run(Finished.Experiment, _folder.File("other"), Finished.Seed + 1);

        Assert.Equal(Policy(finished.Output), Policy(_folder.File("same")));
        Assert.NotEqual(Policy(finished.Output), Policy(_folder.File("other")));
    }

    [Fact]
    public void A_run_that_was_stopped_goes_on_and_ends_like_one_that_was_not()
    {
        IReadOnlyList<EpochRow> whole = Run("normalcy", _folder.File("whole"), seed: 3);
        string pieces = _folder.File("pieces");
        using var stop = new CancellationTokenSource();
        // The epoch's first samples are on the disk, and the run is in the middle of it.
        using var watch = new FileSystemWatcher(Directory.CreateDirectory(_folder.Path).FullName, "00001.safetensors") { IncludeSubdirectories = true, EnableRaisingEvents = true };
        watch.Renamed += (_, renamed) => { if (renamed.FullPath.Contains("epoch-2", StringComparison.Ordinal)) { stop.Cancel(); } };

        Assert.Throws<OperationCanceledException>(() => Run("normalcy", pieces, seed: 3, stop.Token));
        Assert.Equal(3, File.ReadAllLines(Path.Combine(pieces, "results.csv")).Length);
        IReadOnlyList<EpochRow> resumed = Run("normalcy", pieces, seed: 3);

        Assert.Equal(whole.Select(row => (row.Epoch, row.Rate, row.Diversity)), resumed.Select(row => (row.Epoch, row.Rate, row.Diversity)));
        Assert.Equal(Policy(_folder.File("whole")), Policy(pieces));
        Assert.Empty(Directory.EnumerateFiles(pieces, "*.part", SearchOption.AllDirectories));
    }

    [Fact]
    public void Judged_pictures_of_the_epoch_before_are_learned_from_again_where_that_is_asked_for()
    {
        (string once, string again) = (finished.Output, _folder.File("again"));
        Run(Finished.Experiment, again, Finished.Seed, replay: 1);

        Assert.Equal(PairsOf(once, 1), PairsOf(again, 1));
        Assert.Equal(PairsOf(once, 1) + PairsOf(once, 2), PairsOf(again, 2));
        Assert.NotEqual(Policy(once), Policy(again));
    }

    [Fact]
    public void Flagged_groups_of_a_prompt_make_pairs_with_each_other_where_that_is_asked_for_and_compared_ones_do_not()
    {
        string across = _folder.File("across");
        Run(Finished.Experiment, across, Finished.Seed, replay: 1, across: true);

        Assert.True(PairsOf(across, 1) > PairsOf(finished.Output, 1));
        Assert.True(PairsOf(across, 2) > PairsOf(across, 1));
        var error = Assert.Throws<EngineException>(() => Run("alignment", _folder.File("mirrors"), Finished.Seed, across: true));
        Assert.Contains("--across-groups: mirrors are compared inside their groups", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_of_a_run_with_other_options_is_refused()
    {
        var error = Assert.Throws<EngineException>(() => Run(Finished.Experiment, finished.Output, Finished.Seed + 1));

        Assert.Contains("other options", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_with_other_files_is_refused()
    {
        File.WriteAllText(_folder.File("mine.txt"), "");

        var error = Assert.Throws<EngineException>(() => Run("normalcy", _folder.Path, seed: 1));

        Assert.EndsWith("holds other files; choose a new folder", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Diversity_is_the_mean_distance_of_pairs()
    {
        Picture Grey(byte value) => new(64, 64, [.. Enumerable.Repeat(value, 3 * 64 * 64)]);

        Assert.Equal(0, Diversity.Of([Grey(10), Grey(10), Grey(10)]), 6);
        Assert.Equal((100 + 100 + 200) / 3.0 / 255, Diversity.Of([Grey(0), Grey(100), Grey(200)]), 4);
        Assert.All(Diversity.MeanColour([Grey(0), Grey(200)]), channel => Assert.Equal(100 / 255.0, channel, 6));
    }

    [Fact]
    public void A_curve_rises_where_the_rate_rises()
    {
        EpochRow Row(int epoch, int good) => new(epoch, Proportion.Wilson(good, 100), 0, null, 0, 0, 0, 0);
        bool Blue((byte R, byte G, byte B) pixel) => pixel is { R: < 90, B: > 140 };

        Picture curve = RateCurve.Draw("normal hands", [Row(0, 20), Row(1, 80)]);

        int Height(int column) => Enumerable.Range(0, curve.Height).Where(row => Blue(curve.At(column, row))).DefaultIfEmpty(-1).First();
        Assert.InRange(Height(140), Height(400) + 50, curve.Height);
    }

    [Fact]
    public void Experiments_ask_for_prompts_of_their_family_in_turn()
    {
        foreach (Experiment experiment in Experiment.All)
        {
            Assert.All(Enumerable.Range(0, 25), number => Assert.Equal(experiment.Family, ScenePrompts.FamilyOf(experiment.Prompt(number))));
        }

        Assert.Equal(20, Enumerable.Range(0, 40).Select(Experiment.Parse("alignment").Prompt).Distinct().Count());
    }

    private static string Policy(string run) =>
        Convert.ToHexString(File.ReadAllBytes(Path.Combine(run, "epoch-2", "training", "unet", "diffusion_pytorch_model.safetensors")));

    /// <summary>Pairs that an epoch's first trained timestep was learned from.</summary>
    private static int PairsOf(string run, int epoch) => File.ReadLines(Path.Combine(run, $"epoch-{epoch}", "training", "metrics.jsonl"))
        .Select(line => JsonNode.Parse(line)!).First(line => (string)line["kind"]! == "timestep")["pairs"]!.GetValue<int>();

    private IReadOnlyList<EpochRow> Run(string experiment, string output, int seed, CancellationToken stop = default, int replay = 0, bool across = false) =>
        Run(finished.Model, experiment, output, seed, stop, replay, across);

    private static IReadOnlyList<EpochRow> Run(string model, string experiment, string output, int seed, CancellationToken stop, int replay, bool across)
    {
        // Untrained weights draw nothing that can be judged, so annotators who err half of the time make the votes.
        var options = new ReproductionOptions
        {
            Experiment = Experiment.Parse(experiment),
            Epochs = 2,
            Images = 14,
            EvaluationImages = 14,
            Seed = seed,
            Steps = 3,
            Annotator = new AnnotatorOptions(WrongShare: 0.5, Seed: seed),
            Replay = replay,
            AcrossGroups = across,
            D3po = new D3poOptions { LastStep = 1, KlToPrevious = 0.1 },
        };
        return new ReproductionRun(model, options, output, TextWriter.Null).Run(stop);
    }

    /// <summary>A model, and a run of it from beginning to end, which the tests look at.</summary>
    public sealed class Finished : IDisposable
    {
        public const string Experiment = "normalcy";
        public const int Seed = 1;
        private readonly TemporaryFolder _folder = new();

        public Finished() => Rows = Run(TinyModel.Write(Model), Experiment, Output, Seed, default, replay: 0, across: false);

        public string Model => _folder.File("model");

        public string Output => _folder.File("run");

        internal IReadOnlyList<EpochRow> Rows { get; }

        public void Dispose() => _folder.Dispose();
    }
}
