using Labeler.Shared.Imaging;
using Labeler.Shared.Statistics;
using Labeler.Shared.Storage;
using Labeler.TrainingEngine.Algorithms.D3po;
using Labeler.TrainingEngine.Experiments.Annotating;
using Labeler.TrainingEngine.Experiments.Duels;

namespace Labeler.TrainingEngine.Tests.Experiments;

/// <summary>Checkpoints of a tiny model that meet before simulated raters.</summary>
public sealed class DuelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    public DuelTests() => _model = TinyModel.Write(_folder.File("model"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_two_checkpoints_meet_on_every_image_and_seed_and_every_rater_votes()
    {
        var said = new StringWriter();

        IReadOnlyList<DuelResults> results = Run("out", Options() with { Seeds = 2 }, said);

        DuelResults[] all = [.. results.Where(one => one.Against is null)];
        Assert.Equal([0, 1, 2, 3], all.Select(one => one.Contestant));
        // 5 images, 2 seeds, 3 opponents, 3 raters.
        Assert.All(all, one => Assert.Equal((90, 30.0), (one.Votes, one.Majority.Of)));
        Assert.Equal(12, results.Count(one => one.Against is not null));
        string[] lines = File.ReadAllLines(_folder.File("out", "duels.csv"));
        Assert.Equal(DuelTable.CsvHeader, lines[0]);
        Assert.Equal(["0", "1", "all"], lines.Skip(1).Select(line => line.Split(',')[0]).Distinct());
        Assert.Equal(1 + (3 * 16), lines.Length);
        Assert.All(lines, line => Assert.Equal(13, line.Split(',').Length));
        foreach (string picture in new[] { "duels.png", Path.Combine("seed-0", "meetings.png"), Path.Combine("seed-1", "before-after.png") })
        {
            Assert.True(Picture.Decode(File.ReadAllBytes(_folder.File("out", picture))).Width > 50, picture);
        }

        string[] policies = [.. new[] { "preferred", "reward-weighted", "d3po" }.SelectMany(name => new[] { "seed-0", "seed-1" }.Select(seed => _folder.File("out", seed, name, "epoch-1", "policy.safetensors")))];
        Assert.Equal(6, policies.Select(ContentHash.OfFile).Distinct().Count());
        Assert.Contains("reward-weighted", said.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Duels_that_were_stopped_go_on_and_end_like_those_that_were_not()
    {
        DuelOptions options = Options() with { Algorithms = ["preferred", "d3po"], Epochs = 2 };
        IReadOnlyList<DuelResults> whole = Run("whole", options);
        using var stop = new CancellationTokenSource();
        var said = new StringWriter();
        using var watch = new FileSystemWatcher(_folder.Path, "policy.safetensors") { IncludeSubdirectories = true, EnableRaisingEvents = true, InternalBufferSize = 65536 };
        watch.Renamed += (_, renamed) => Stop(renamed.FullPath);
        watch.Created += (_, created) => Stop(created.FullPath);
        void Stop(string file)
        {
            if (file.Contains(Path.Combine("d3po", "epoch-1"), StringComparison.Ordinal))
            {
                stop.Cancel();
            }
        }

        Assert.ThrowsAny<OperationCanceledException>(() => Run("pieces", options, null, stop.Token));
        Assert.False(File.Exists(_folder.File("pieces", "duels.csv")));
        Assert.Equal(whole, Run("pieces", options, said));

        Assert.DoesNotContain("preferred, seed 0, epoch", said.ToString(), StringComparison.Ordinal);
        Assert.Equal(File.ReadAllText(_folder.File("whole", "duels.csv")), File.ReadAllText(_folder.File("pieces", "duels.csv")));
        Assert.Contains("other options", Assert.Throws<EngineException>(() => Run("pieces", options with { Raters = 5 })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_nobody_prefers_anything_every_checkpoint_stays_the_base_model()
    {
        var said = new StringWriter();

        IReadOnlyList<DuelResults> results = Run("out", Options() with { Annotator = new AnnotatorOptions() }, said);

        Assert.All(results, one => Assert.Equal((one.Votes, 0.0), (one.BothBad, one.Majority.Count)));
        Assert.Contains("d3po, seed 0, epoch 1: there is nothing to learn: nobody preferred an image to another; the policy stays", said.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Meetings_are_read_as_they_were_written_and_a_damaged_line_is_named()
    {
        string file = _folder.File("meetings.csv");
        DuelMeeting[] meetings = [new(0, 1, 2, 1, 0, 0, 4_294_967_296), new(1, 2, 0, 0, 1, 2)];
        MeetingsFile.Write(file, meetings);

        Assert.Equal(meetings, MeetingsFile.Read(file));
        File.AppendAllText(file, "0,1,2\n");
        Assert.Contains("'0,1,2'", Assert.Throws<EngineException>(() => MeetingsFile.Read(file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_checkpoint_that_wins_has_the_higher_bar()
    {
        IReadOnlyList<DuelResults> results = DuelResults.Of(Enumerable.Range(0, 40).Select(number => number < 30 ? new DuelMeeting(0, 1, 0, 3, 0, 0) : new DuelMeeting(0, 1, 2, 1, 0, 0)));

        Picture chart = DuelChart.Draw("Duels", ["base", "d3po"], results);

        // Bars of votes won are blue; the base model's stand in the left half.
        int Blue(int from, int to) => Enumerable.Range(from, to - from).Sum(column => Enumerable.Range(120, 440).Count(row => chart.At(column, row) is { R: < 140, G: > 140, B: > 200 }));
        Assert.InRange(Blue(0, 320) * 3, 1, Blue(320, 640));
        Assert.Contains("83.3", new DuelTable(["base", "d3po"]).ToText(results), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 3, "d3po", "--epochs is 0; at least 1 is needed")]
    [InlineData(1, 0, "d3po", "--raters is 0; at least 1 is needed")]
    [InlineData(1, 101, "d3po", "--raters is 101; at most 100 is possible")]
    [InlineData(1, 3, "magic", "there is no algorithm magic")]
    [InlineData(1, 3, "ddpo-greedy", "ddpo-greedy needs a reward")]
    [InlineData(1, 3, "d3po,d3po", "name each once")]
    public void Impossible_options_are_refused_before_anything_is_written(int epochs, int raters, string algorithms, string reason)
    {
        DuelOptions options = Options() with { Epochs = epochs, Raters = raters, Algorithms = algorithms.Split(',') };

        Assert.Contains(reason, Assert.Throws<EngineException>(() => Run("out", options)).Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File("out")));
    }

    [Fact]
    public void A_folder_with_other_files_is_refused_and_left_alone()
    {
        string mine = Path.Combine(Directory.CreateDirectory(_folder.File("mine")).FullName, "notes.txt");
        File.WriteAllText(mine, "mine");

        Assert.EndsWith("holds other files; choose a new folder", Assert.Throws<EngineException>(() => Run("mine", Options())).Message, StringComparison.Ordinal);
        Assert.Equal([mine], Directory.GetFileSystemEntries(_folder.File("mine")));
    }

    private IReadOnlyList<DuelResults> Run(string name, DuelOptions options, TextWriter? output = null, CancellationToken stop = default) =>
        new DuelRun(_model, options, _folder.File(name), output ?? TextWriter.Null).Run(stop);

    // Untrained weights draw nothing that can be judged, so raters who always err prefer one or the other; with many ties some images never lose.
    private static DuelOptions Options() => new()
    {
        Epochs = 1,
        Images = 21,
        EvaluationImages = 5,
        Steps = 3,
        Annotator = new AnnotatorOptions(WrongShare: 1, TieShare: 0.8),
        D3po = new D3poOptions { LearningRate = 1e-3, ImagesPerStep = 14, FirstStep = 0, LastStep = 10 },
    };
}
