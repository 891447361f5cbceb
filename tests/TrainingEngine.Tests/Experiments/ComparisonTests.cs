using Labeler.Shared.Comparisons;
using Labeler.Shared.Imaging;
using Labeler.Shared.Statistics;
using Labeler.Shared.Storage;
using Labeler.TrainingEngine.Algorithms.D3po;
using Labeler.TrainingEngine.Experiments;
using Labeler.TrainingEngine.Experiments.Comparison;
using Labeler.TrainingEngine.MirrorWorld.Judging;
using Labeler.TrainingEngine.MirrorWorld.Scenes;
using Labeler.TrainingEngine.Training;

namespace Labeler.TrainingEngine.Tests.Experiments;

/// <summary>Algorithms against each other on a tiny model.</summary>
public sealed class ComparisonTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    public ComparisonTests() => _model = TinyModel.Write(_folder.File("model"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_algorithm_gets_a_row_for_each_epoch_and_seed_and_a_line_in_the_table()
    {
        string[] names = ["d3po", "ddpo", "ddpo-group", "ddpo-greedy", "dpok", "reward-weighted", "reward-weighted-sparse", "diffusion-dpo", "preferred"];
        var said = new StringWriter();

        var points = new ComparisonRun(_model, Options() with { Algorithms = names }, _folder.File("out"), said).Run(default);

        Assert.Equal(names.SelectMany(name => new[] { (name, 0), (name, 14) }), points.Select(point => (point.Algorithm, point.Images)));
        Assert.Single(points.Where(point => point.Images == 0).Select(point => point.Mean).Distinct());
        Assert.Equal(names.Length, names.Select(name => ContentHash.OfFile(_folder.File("out", name, "seed-0", "epoch-1", "policy.safetensors"))).Distinct().Count());
        Assert.Equal(1 + (2 * names.Length), File.ReadAllLines(_folder.File("out", "results.csv")).Length);
        Assert.True(Picture.Decode(File.ReadAllBytes(_folder.File("out", "curve.png"))).Width > 300);
        Assert.True(File.Exists(_folder.File("out", "dpok", "seed-0", "epoch-1.png")));
        AlongTraining(names);
        Assert.Contains("diffusion-dpo", said.ToString(), StringComparison.Ordinal);
    }

    // Three noises of each algorithm, before and after, each pixel twice as large; the base model's are the same for all.
    private void AlongTraining(string[] names)
    {
        var drawn = new ContactSheet(2, CaptionHeight: 28).Cut(Picture.Decode(File.ReadAllBytes(_folder.File("out", "training.png"))), names.Length * 3 * 2);
        var before = new ContactSheet(8, CaptionHeight: 14).Cut(Picture.Decode(File.ReadAllBytes(_folder.File("out", "base.png"))), 4);
        Assert.All(drawn.Where((_, cell) => cell % 6 == 0), cell => Assert.Equal(before[0].Rgb[..3], cell.Rgb[3..6]));
        Assert.Equal(2 * before[0].Width, drawn[0].Width);
        Assert.Equal(names.Length, Enumerable.Range(0, names.Length).Select(algorithm => Convert.ToHexString(drawn[(6 * algorithm) + 1].Rgb)).Distinct().Count());
    }

    [Fact]
    public void A_run_that_was_stopped_goes_on_and_ends_with_the_same_rows()
    {
        var options = Options() with { Algorithms = ["ddpo"], Epochs = 2 };
        var unbroken = new ComparisonRun(_model, options, _folder.File("unbroken"), TextWriter.Null).Run(default);
        new ComparisonRun(_model, options with { Epochs = 1 }, _folder.File("resumed"), TextWriter.Null).Run(default);
        var resumed = new ComparisonRun(_model, options, _folder.File("resumed"), TextWriter.Null).Run(default);

        Assert.Equal(unbroken.Select(point => (point.Images, Math.Round(point.Mean, 6))), resumed.Select(point => (point.Images, Math.Round(point.Mean, 6))));
        Assert.Contains("other options", Assert.Throws<EngineException>(() =>
            new ComparisonRun(_model, options with { Images = 21 }, _folder.File("resumed"), TextWriter.Null).Run(default)).Message, StringComparison.Ordinal);
        // An adapter is another thing to train than the whole U-Net.
        Assert.Contains("other options", Assert.Throws<EngineException>(() =>
            new ComparisonRun(_model, options with { Trained = new TrainedPart.Adapter() }, _folder.File("resumed"), TextWriter.Null).Run(default)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Points_are_means_and_sample_deviations_over_seeds()
    {
        ComparisonRow Row(int seed, double reward) => new("ddpo", seed, 1, 56, reward, double.NaN, 0.2, 1, 1);

        var point = Assert.Single(ComparisonPoint.Of([Row(0, 1), Row(1, 2), Row(2, 6)]));

        Assert.Equal((3, Math.Sqrt(7), 3), (point.Mean, point.Deviation, point.Seeds));
        Assert.Contains("3.000 ± 2.646", ComparisonTable.Write([point]), StringComparison.Ordinal);
        Assert.Equal(Row(1, 2), ComparisonRow.Parse(Row(1, 2).ToCsv()));
        Assert.Throws<EngineException>(() => ComparisonRow.Parse("ddpo,x"));
    }

    [Fact]
    public void A_curves_title_can_be_read_and_its_held_out_rewards_are_a_line_of_their_own()
    {
        ComparisonRow[] Rows(double heldOut) => [new("ddpo", 0, 0, 0, 1, heldOut, 0.2, 1, 1), new("ddpo", 0, 1, 56, 2, heldOut, 0.2, 1, 1)];
        var trained = ComparisonCurve.Draw("A title", ComparisonPoint.Of(Rows(double.NaN)));
        var both = ComparisonCurve.Draw("A title", ComparisonPoint.Of(Rows(0.5)));

        var words = Caption.Draw("A title", 560, 18)!;
        const int Left = 65, Top = 10;
        Assert.All(Enumerable.Range(0, words.Height), row => Assert.True(
            words.Rgb.AsSpan(3 * row * words.Width, 3 * words.Width).SequenceEqual(trained.Rgb.AsSpan(3 * (((Top + row) * trained.Width) + Left), 3 * words.Width))));
        Assert.NotEqual(trained.Rgb, both.Rgb);
        // The thin line is level, a little above the lowest place.
        int Coloured(Picture picture, int row) => Enumerable.Range(0, picture.Width).Count(column => picture.Rgb[3 * ((row * picture.Width) + column)] + 40 < picture.Rgb[(3 * ((row * picture.Width) + column)) + 2]);
        Assert.True(Enumerable.Range(400, 200).Max(row => Coloured(both, row)) > 400);
        Assert.True(Enumerable.Range(400, 200).Max(row => Coloured(trained, row)) < 100);
    }

    [Fact]
    public void The_comparison_page_reads_what_is_written()
    {
        string Csv(params string[] lines) => string.Join('\n', lines);
        ComparisonRow row = new("ddpo", 0, 1, 56, 1.5, -0.25, 0.2, 1, 1);
        var curve = Assert.Single(ReproducedRun.Read(new StringReader(Csv(ComparisonRow.CsvHeader, row.ToCsv(), (row with { Epoch = 2, HeldOut = double.NaN }).ToCsv()))).Curves);
        Assert.Equal([1.5, 1.5], curve.Training.Points.Select(point => point.Value));
        Assert.Equal(-0.25, Assert.Single(curve.HeldOut!.Points).Value);

        EpochRow rate = new(3, Proportion.Wilson(150, 200), 0.02, null, 0.29, 0.06, 40, 20);
        var measured = Assert.Single(Assert.Single(ReproducedRun.Read(new StringReader(Csv(EpochRow.CsvHeader, rate.ToCsv()))).Curves).Training.Points);
        Assert.Equal((3.0, 0.75, Math.Round(rate.Rate.Low, 4)), (measured.Used, measured.Value, measured.Low));
    }

    [Fact]
    public void The_mirror_task_holds_out_prompts_that_are_never_trained_on_and_asks_for_what_the_model_has_not_seen_in_words_that_it_has()
    {
        var task = ComparisonTask.All.Single(one => one.Name == "mirror-reward");

        Assert.Empty(task.Training.Intersect(task.HeldOut));
        Assert.Equal((8, 8), (task.Training.Count, task.HeldOut.Count));
        string[] all = [.. task.Training, .. task.HeldOut], known = [.. Enum.GetValues<SceneFamily>().SelectMany(ScenePrompts.Of)];
        Assert.Empty(all.Intersect(known));
        Assert.Empty(all.SelectMany(prompt => prompt.Split(' ')).Except(known.SelectMany(prompt => prompt.Split(' '))));
    }

    [Fact]
    public void Where_all_images_have_the_same_reward_the_policy_stays_and_the_run_goes_on()
    {
        // The tiny model draws noise, in which there is no right hand.
        var said = new StringWriter();
        var options = Options() with { Task = Options().Task with { Reward = "oracle", Training = [ScenePrompts.Hand] }, Algorithms = ["d3po", "ddpo"], Epochs = 2 };

        var points = new ComparisonRun(_model, options, _folder.File("alike"), said).Run(default);

        Assert.Equal([0, 14, 28, 0, 14, 28], points.Select(point => point.Images));
        Assert.All(points, point => Assert.Equal(0, point.Mean));
        Assert.Contains("d3po, seed 0, epoch 1: there is nothing to learn: no two images that can be compared were judged differently; the policy stays", said.ToString(), StringComparison.Ordinal);
        Assert.Contains("ddpo, seed 0, epoch 2: there is nothing to learn: all images have the same reward; the policy stays", said.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_algorithm_is_refused_before_anything_is_sampled()
    {
        Assert.Contains("there is no algorithm magic", Assert.Throws<EngineException>(() =>
            new ComparisonRun(_model, Options() with { Algorithms = ["magic"] }, _folder.File("out"), TextWriter.Null).Run(default)).Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File("out")));
    }

    // The tiny model knows two prompts, and its images differ from noise to noise.
    private static ComparisonOptions Options() => new()
    {
        Task = new ComparisonTask("compressibility", "compressibility", 12.8, ["a red flag", "1 hand"], []),
        Seeds = 1,
        Epochs = 1,
        Images = 14,
        EvaluationImages = 4,
        Steps = 4,
        D3po = new D3poOptions { LearningRate = 1e-3, ImagesPerStep = 14, FirstStep = 0, LastStep = 10 },
    };
}
