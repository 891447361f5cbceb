using System.Text;
using Labeler.Shared.Comparisons;
using Labeler.Shared.Data;

namespace Labeler.Shared.Tests.Comparisons;

public sealed class Results_of_the_engine_are_read : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("labeler-runs-").FullName;

    private RunFiles Files => new(new DataFolder(_folder));

    [Fact]
    public void Seeds_of_an_algorithm_are_one_curve_with_held_out_prompts_beside()
    {
        var run = Read($"""
            {ReproducedRun.RewardHeader}
            d3po,0,0,0,1,1,0.2,1,1
            d3po,0,1,56,3,2,0.2,1,1
            d3po,1,0,0,1,1,0.2,1,1
            d3po,1,1,56,5,0,0.2,1,1
            ddpo,0,0,0,1,,0.2,1,1
            """);
        Assert.False(run.IsShare);
        Assert.Equal(["d3po", "ddpo"], run.Curves.Select(curve => curve.Name));
        Assert.Equal([(0.0, 1.0, 2), (56, 4, 2)], run.Curves[0].Training.Points.Select(p => (p.Used, p.Value, p.Runs)));
        Assert.Equal([1.0, 1], run.Curves[0].HeldOut!.Points.Select(p => p.Value));
        Assert.Null(run.Curves[1].HeldOut);
        Assert.Null(run.Curves[0].OverOptimizedFrom);
    }

    [Fact]
    public void A_rate_keeps_its_interval()
    {
        var run = Read($"{ReproducedRun.RateHeader}\n0,200,0.595,0.5258,0.6606,0.29,0,0\n1,200,0.79,0.7284,0.8407,0.292,40,20\n");
        Assert.True(run.IsShare);
        Assert.Equal([(0.0, 0.5258, 0.595, 0.6606), (1, 0.7284, 0.79, 0.8407)], run.Curves.Single().Training.Points.Select(p => (p.Used, p.Low, p.Value, p.High)));
    }

    [Fact]
    public void A_rate_over_judged_pictures_is_preferred_where_the_engine_wrote_one()
    {
        var there = Directory.CreateDirectory(Path.Combine(_folder, "runs", "hands")).FullName;
        File.WriteAllText(Path.Combine(there, "results.csv"), ReproducedRun.RateHeader + "\n0,200,0.5,0.4,0.6,0.2,0,0\n");
        Assert.Equal("epochs learned from", Assert.Single(Files.All()).Run!.Along);
        File.WriteAllText(Path.Combine(there, "labels.csv"), ReproducedRun.LabelsHeader + "\n0,0,0.5,0.4,0.6\n1,196,0.7,0.6,0.8\n");
        var run = Assert.Single(Files.All()).Run!;
        Assert.Equal("labeled pictures used", run.Along);
        Assert.Equal([(0, 0.0, 0.5), (1, 196, 0.7)], run.Curves.Single().Training.Points.Select(p => (p.Epoch, p.Used, p.Value)));
    }

    [Theory]
    [InlineData("", "its first line is another")]
    [InlineData("a,b\n1,2", "its first line is another")]
    [InlineData(ReproducedRun.RateHeader, "no measurement")]
    [InlineData(ReproducedRun.RateHeader + "\n0,200,0.5", "Line 2 has 3 values")]
    [InlineData(ReproducedRun.RateHeader + "\n0,200,NaN,0,1,0,0,0", "Line 2 holds \"NaN\"")]
    [InlineData(ReproducedRun.RewardHeader + "\nd3po,0,0,-5,1,,0,0,0", "Line 2 holds \"-5\"")]
    [InlineData(ReproducedRun.RewardHeader + "\nd3po,0,0,0,1,,0,0,0\nd3po,0,0,0,2,,0,0,0", "stands there twice")]
    public void What_is_no_such_file_is_refused_with_the_line_that_is_wrong(string text, string why) =>
        Assert.Contains(why, Assert.Throws<LabelerException>(() => Read(text)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task An_upload_is_kept_under_a_harmless_name_and_a_bad_one_leaves_nothing()
    {
        var good = Encoding.UTF8.GetBytes(ReproducedRun.RateHeader + "\n0,200,0.5,0.4,0.6,0.2,0,0\n");
        Assert.Equal("passwd", await Files.Keep("../../etc/passwd", new MemoryStream(good)));
        Assert.Equal("my-run-1", await Files.Keep("My run: 1.csv", new MemoryStream(good)));
        await Assert.ThrowsAsync<LabelerException>(() => Files.Keep("bad", new MemoryStream([0xFF, 0xFE, 0])));
        await Assert.ThrowsAsync<LabelerException>(() => Files.Keep("large", new MemoryStream(new byte[RunFiles.LargestFile + 1])));
        Assert.Equal(["my-run-1", "passwd"], Files.All().Select(file => file.Name));
        Assert.Equal(["my-run-1.csv", "passwd.csv"], Directory.EnumerateFileSystemEntries(Path.Combine(_folder, "runs")).Select(Path.GetFileName).Order());
        Files.Remove("passwd");
        Assert.Throws<LabelerException>(() => Files.Remove("passwd"));
        Assert.Equal("my-run-1", Assert.Single(Files.All()).Name);
    }

    [Fact]
    public void A_folder_that_the_engine_writes_into_is_read_as_it_grows_and_not_removed()
    {
        var there = Directory.CreateDirectory(Path.Combine(_folder, "runs", "hands 1")).FullName;
        File.WriteAllText(Path.Combine(there, "results.csv"), ReproducedRun.RateHeader + "\n");
        Assert.NotNull(Assert.Single(Files.All()).Fault);
        File.AppendAllText(Path.Combine(there, "results.csv"), "0,200,0.5,0.4,0.6,0.2,0,0\n");
        var file = Assert.Single(Files.All());
        Assert.Equal(("hands 1/results", false, true), (file.Name, file.IsUploaded, file.Run!.IsShare));
        Assert.Throws<LabelerException>(() => Files.Remove(file.Name));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static ReproducedRun Read(string text) => ReproducedRun.Read(new StringReader(text));
}
