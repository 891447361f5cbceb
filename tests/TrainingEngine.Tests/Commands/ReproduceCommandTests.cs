using System.CommandLine;
using System.Globalization;
using Labeler.Shared.Comparisons;
using Labeler.Shared.Storage;
using Labeler.TrainingEngine.Commands;

namespace Labeler.TrainingEngine.Tests.Commands;

[Collection("Console")]
public sealed class ReproduceCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    public ReproduceCommandTests() => _model = TinyModel.Write(_folder.File("model"));

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("changes nothing about duels; leave it out", "duels", "--replay", "1")]
    [InlineData("changes nothing about rubric; leave it out", "rubric", "--seeds", "2")]
    [InlineData("--beta changes nothing about rubric; leave it out", "rubric", "--beta", "0.2")]
    [InlineData("--kl changes nothing about rubric; leave it out", "rubric", "--kl", "0.1")]
    [InlineData("--policy-epochs changes nothing about rubric; leave it out", "rubric", "--policy-epochs", "3")]
    [InlineData("--dtype changes nothing about rlhf; leave it out", "rlhf", "--dtype", "bfloat16")]
    [InlineData("changes nothing about normalcy; leave it out", "normalcy", "--scenes", "9")]
    [InlineData("changes nothing about compressibility; leave it out", "compressibility", "--noise", "0.1")]
    [InlineData("the share of wrong labels is 2; 0 to 1 is possible", "duels", "--noise", "2")]
    [InlineData("the share of ties is 1.5; 0 to 1 is possible", "duels", "--ties", "1.5")]
    [InlineData("--images is 6; at least 7 is needed", "duels", "--images", "6")]
    [InlineData("--seeds is 0; at least 1 is needed", "duels", "--seeds", "0")]
    [InlineData("--replay changes nothing about signals; leave it out", "signals", "--replay", "1")]
    [InlineData("--algorithms changes nothing about signals; leave it out", "signals", "--algorithms", "d3po")]
    [InlineData("--images is 6; at least 7 is needed", "signals", "--images", "6")]
    [InlineData("there is no algorithm magic", "duels", "--algorithms", "magic")]
    [InlineData("--lora-rank is 0; at least 1 is needed", "rubric", "--lora-rank", "0")]
    [InlineData("--training-steps is 50; at least 100 is needed", "rubric", "--training-steps", "50")]
    public void What_cannot_be_done_is_one_line_and_writes_nothing(string reason, params string[] arguments)
    {
        (int code, _, string error) = Run(arguments);

        Assert.Equal(1, code);
        Assert.Contains(reason, error, StringComparison.Ordinal);
        Assert.Equal(1, error.Count(letter => letter == '\n'));
        Assert.False(Directory.Exists(_folder.File("out")));
    }

    [Fact]
    public void Duels_are_one_command()
    {
        (int code, string output, string error) = Run(
            "duels", "--epochs", "1", "--images", "7", "--evaluation-images", "3", "--steps", "2", "--raters", "2", "--noise", "1", "--ties", "0", "--algorithms", "reward-weighted", "--seed", "5");

        Assert.Equal((0, ""), (code, error));
        Assert.Contains("reward-weighted, seed 5, epoch 1: 7 images sampled", output, StringComparison.Ordinal);
        Assert.Contains("won by more than half %", output, StringComparison.Ordinal);
        Assert.Equal(["5,base,all", "5,base,reward-weighted"], File.ReadLines(_folder.File("out", "duels.csv")).Where(line => line.StartsWith("5,base,", StringComparison.Ordinal)).Select(line => string.Join(',', line.Split(',').Take(3))));
    }

    [Fact]
    public void The_rubric_is_one_command()
    {
        (int code, string output, string error) = Run(
            "rubric", "--scenes", "16", "--training-steps", "2", "--evaluate-every", "1", "--warm-up-steps", "1", "--images-per-step", "2", "--evaluation-images", "2", "--steps", "2", "--raters", "1", "--lora-rank", "2");

        Assert.Equal((0, ""), (code, error));
        Assert.Contains("label 1: 2 steps learned", output, StringComparison.Ordinal);
        Assert.Equal(1 + (2 * 2 * 3), File.ReadAllLines(_folder.File("out", "rubric.csv")).Length);
    }

    [Fact]
    public void Pairs_within_groups_pairs_across_groups_and_images_judged_alone_are_compared_at_equal_votes_by_one_command()
    {
        (int code, string output, string error) = Run(
            "signals", "--seeds", "2", "--epochs", "2", "--images", "28", "--evaluation-images", "3", "--steps", "3", "--raters", "2", "--noise", "0.5", "--seed", "4");

        Assert.Equal((0, ""), (code, error));
        string[][] rows = [.. File.ReadLines(_folder.File("out", "signals.csv")).Skip(1).Select(line => line.Split(','))];
        string[] methods = ["d3po", "d3po-across", "diffusion-kto"];
        Assert.Equal(
            from seed in new[] { "4", "5" } from method in methods from epoch in new[] { 0, 1, 2 } select (method, seed, $"{epoch}", $"{56 * epoch}"),
            rows.Select(row => (row[0], row[1], row[2], row[3])));
        // The first epoch is every method's: the same votes, of which each makes something else.
        var first = rows.Where(row => row[1] == "4" && row[2] == "1").Select(row => (Flagged: row[9], Signal: int.Parse(row[11], CultureInfo.InvariantCulture))).ToArray();
        Assert.Single(first.Select(row => row.Flagged).Distinct());
        Assert.True(first[0].Signal > 0 && first[1].Signal > first[0].Signal);
        Assert.Equal(3, methods.Select(method => ContentHash.OfFile(_folder.File("out", "seed-4", method, "epoch-1", "policy.safetensors"))).Distinct().Count());
        Assert.Contains("epochs 2 to 2, all seeds", output, StringComparison.Ordinal);
        Assert.All(methods, method => Assert.Contains($"    2    112  {method} ", output, StringComparison.Ordinal));
        Assert.Equal(methods, ReproducedRun.Read(new StringReader(File.ReadAllText(_folder.File("out", "results.csv")))).Curves.Select(curve => curve.Name));
    }

    private (int Code, string Output, string Error) Run(params string[] arguments) => ConsoleCapture.Of(() =>
        CommandLine.Run(new RootCommand { ReproduceCommand.Create() }, ["reproduce", .. arguments, "--model", _model, "--out", _folder.File("out")]));
}
