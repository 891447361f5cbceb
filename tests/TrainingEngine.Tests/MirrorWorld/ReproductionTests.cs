using System.Globalization;
using Labeler.Shared.Images;
using Labeler.Shared.Statistics;
using Labeler.TrainingEngine.Algorithms.D3po;
using Labeler.TrainingEngine.MirrorWorld.Judging;
using Labeler.TrainingEngine.MirrorWorld.Reproduction;
using Labeler.TrainingEngine.MirrorWorld.Scenes;

namespace Labeler.TrainingEngine.Tests.MirrorWorld;

public sealed class ReproductionTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("normalcy")]
    [InlineData("alignment")]
    public void A_run_writes_a_row_a_sheet_and_a_curve_for_the_base_and_every_epoch(string experiment)
    {
        string output = folder.File("out");

        IReadOnlyList<EpochRow> rows = Run(experiment, output, seed: 1);

        Assert.Equal([0, 1, 2], rows.Select(row => row.Epoch));
        string[] lines = File.ReadAllLines(Path.Combine(output, "results.csv"));
        Assert.Equal("epoch,images,rate,low,high,diversity,sample_seconds,train_seconds", lines[0]);
        Assert.Equal(4, lines.Length);
        Assert.All(lines.Skip(1), line => Assert.Equal(14, double.Parse(line.Split(',')[1], CultureInfo.InvariantCulture)));
        Assert.StartsWith("0,", lines[1], StringComparison.Ordinal);
        Assert.EndsWith(",0,0", lines[1], StringComparison.Ordinal);
        foreach (string picture in new[] { "curve.png", "epoch-0.png", "epoch-1.png", "epoch-2.png" })
        {
            Assert.True(Picture.Decode(File.ReadAllBytes(Path.Combine(output, picture))).Width > 100, picture);
        }
    }

    [Fact]
    public void Two_runs_with_one_seed_learn_the_same_and_another_seed_learns_something_else()
    {
        string[] policies = [.. new[] { (Name: "a", Seed: 1), (Name: "b", Seed: 1), (Name: "c", Seed: 2) }.Select(run =>
        {
            Run("normalcy", folder.File(run.Name), run.Seed);
            return Convert.ToHexString(File.ReadAllBytes(folder.File(run.Name, "epoch-2", "training", "unet", "diffusion_pytorch_model.safetensors")));
        })];

        Assert.Equal(policies[0], policies[1]);
        Assert.NotEqual(policies[0], policies[2]);
    }

    [Fact]
    public void A_folder_with_other_files_is_refused()
    {
        File.WriteAllText(folder.File("mine.txt"), "");

        var error = Assert.Throws<EngineException>(() => Run("normalcy", folder.Path, seed: 1));

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

    private IReadOnlyList<EpochRow> Run(string experiment, string output, int seed)
    {
        // Untrained weights draw nothing that can be judged, so annotators who err half of the time make the votes.
        var options = new ReproductionOptions
        {
            Experiment = Experiment.Parse(experiment),
            Epochs = 2,
            Images = 14,
            Seed = seed,
            Steps = 3,
            Annotator = new AnnotatorOptions(WrongShare: 0.5, Seed: seed),
            D3po = new D3poOptions { LastStep = 1 },
        };
        return new ReproductionRun(Model(), options, output, TextWriter.Null).Run(CancellationToken.None);
    }

    private string Model()
    {
        string model = folder.File("model");
        return Directory.Exists(model) ? model : TinyFolder.Write(model);
    }
}
