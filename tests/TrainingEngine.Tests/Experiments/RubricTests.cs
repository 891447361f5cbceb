using Labeler.Shared.Imaging;
using Labeler.TrainingEngine.Algorithms.SupervisedFineTuning;
using Labeler.TrainingEngine.Experiments.Annotating;
using Labeler.TrainingEngine.Experiments.Rubric;
using Labeler.TrainingEngine.MirrorWorld.Judging;

namespace Labeler.TrainingEngine.Tests.Experiments;

/// <summary>Adapters of a tiny model, each learned from one label's drawn scenes, scored along their steps.</summary>
public sealed class RubricTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    public RubricTests() => _model = TinyModel.Write(_folder.File("model"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_label_gets_a_score_for_the_base_and_every_evaluation_at_fixed_and_at_random_seeds()
    {
        var said = new StringWriter();

        IReadOnlyList<ScoredCheckpoint> scored = Run("out", Options(), said);

        Assert.Equal(
            from label in new[] { 1, 2 } from isFixed in new[] { true, false } from step in new[] { 0, 2, 4 } select (label, isFixed, step),
            scored.Select(one => (one.Label, one.Results.IsFixed, one.Step)));
        Assert.All(scored, one => Assert.Equal((6, 18, 1.0), (one.Results.Pictures, one.Results.Votes, Math.Round(one.Results.Shares.Sum(share => share.Share.Share), 9))));
        // Both labels begin with the same pictures of the base model.
        Assert.Equal(scored.Where(one => one is { Label: 1, Step: 0 }).Select(one => one.Results.Mean), scored.Where(one => one is { Label: 2, Step: 0 }).Select(one => one.Results.Mean));
        string[] lines = File.ReadAllLines(_folder.File("out", "rubric.csv"));
        Assert.Equal([ScoredCheckpoint.CsvHeader, .. scored.Select(one => one.ToCsv())], lines);
        Assert.All(lines, line => Assert.Equal(23, line.Split(',').Length));
        foreach (string picture in new[] { "label-1.png", "label-2.png", "label-1-fixed.png", "label-2-random.png", "curated.png" })
        {
            Assert.True(Picture.Decode(File.ReadAllBytes(_folder.File("out", picture))).Width > 50, picture);
        }

        Assert.Contains("label 2: 4 steps learned", said.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_was_stopped_goes_on_and_ends_with_the_same_scores()
    {
        IReadOnlyList<ScoredCheckpoint> whole = Run("whole", Options());
        using var stop = new CancellationTokenSource();
        var said = new StringWriter();
        using var watch = new FileSystemWatcher(_folder.Path, "label-1-00000002-fixed.csv") { IncludeSubdirectories = true, EnableRaisingEvents = true };
        watch.Renamed += (_, _) => stop.Cancel();

        Assert.ThrowsAny<OperationCanceledException>(() => Run("pieces", Options(), null, stop.Token));
        Assert.False(File.Exists(_folder.File("pieces", "rubric.csv")));
        IReadOnlyList<ScoredCheckpoint> resumed = Run("pieces", Options(), said);

        Assert.Equal(whole.Select(one => one.ToCsv()), resumed.Select(one => one.ToCsv()));
        Assert.DoesNotContain("label 1: 4 steps learned", said.ToString(), StringComparison.Ordinal);
        Assert.Contains("other options", Assert.Throws<EngineException>(() => Run("pieces", Options() with { Raters = 1 })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_labeler_who_never_errs_keeps_what_is_label_1_or_2_and_leaves_label_3_out()
    {
        IReadOnlyList<CaptionedImage> images = CuratedScenes.Make(_folder.File("curated"), Options() with { Scenes = 60, Annotator = new AnnotatorOptions() }, default);

        Assert.All(images, image => Assert.Equal(image.Label, $"{Oracle.Judge(Picture.Decode(File.ReadAllBytes(image.File)), SceneFamily.Mirror).Label}"));
        Assert.Equal(["1", "2"], images.Select(image => image.Label).Distinct().Order());
        Assert.InRange(images.Count, 45, 59);
        Assert.InRange(images.Count(image => image.Label == "1"), 30, 50);
    }

    [Fact]
    public void A_picture_counts_once_by_the_average_of_its_raters()
    {
        var scored = ScoredCheckpoint.Of(1, 100, true, [[10, 10, 6], [0, 0, 0]]);

        Assert.Equal("1,100,fixed,2,6,4.3333", string.Join(',', scored.ToCsv().Split(',').Take(6)));
        Assert.Equal([0.5, 0, 0, 1 / 6.0, 1 / 3.0], scored.Results.Shares.Select(one => one.Share.Share), (one, other) => Math.Abs(one - other) < 1e-9);
    }

    [Fact]
    public void The_mean_is_drawn_higher_where_it_is_higher()
    {
        Picture chart = RubricChart.Draw("Scores", [.. new[] { true, false }.SelectMany(isFixed => new[] { (0, 1), (100, 10) }.Select(one => ScoredCheckpoint.Of(1, one.Item1, isFixed, [[one.Item2], [one.Item2], [3]])))]);

        int Top(int from, int to) => Enumerable.Range(470, 250).First(row => Enumerable.Range(from, to - from).Any(column => chart.At(column, row) is { R: < 60, G: < 130, B: > 140 }));
        Assert.InRange(Top(200, 340), 470, Top(60, 150) - 40);
    }

    [Theory]
    [InlineData(0, 4, 2, 3, "--scenes is 0; at least 1 is needed")]
    [InlineData(20, 5, 2, 3, "--training-steps is 5, no multiple of 2")]
    [InlineData(20, 4, 0, 3, "--evaluate-every is 0; at least 1 is needed")]
    [InlineData(20, 4, 2, 0, "--raters is 0; at least 1 is needed")]
    public void Impossible_options_are_refused_before_anything_is_written(int scenes, int steps, int every, int raters, string reason)
    {
        RubricOptions options = Options() with { Scenes = scenes, Raters = raters, Tuning = Options().Tuning with { Steps = steps, EvaluateEvery = every } };

        Assert.Contains(reason, Assert.Throws<EngineException>(() => Run("out", options)).Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File("out")));
    }

    private IReadOnlyList<ScoredCheckpoint> Run(string name, RubricOptions options, TextWriter? output = null, CancellationToken stop = default) =>
        new RubricRun(_model, options, _folder.File(name), output ?? TextWriter.Null).Run(stop);

    private static RubricOptions Options() => new()
    {
        Scenes = 20,
        EvaluationImages = 6,
        Steps = 3,
        Annotator = new AnnotatorOptions(WrongShare: 0.3),
        Tuning = new SupervisedOptions { LearningRate = 1e-3, Steps = 4, WarmUpSteps = 1, ImagesPerStep = 4, EvaluateEvery = 2, EvaluationImages = 0 },
    };
}
