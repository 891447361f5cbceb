using System.Text.Json;
using Labeler.Shared;
using Labeler.Shared.Imaging;
using Labeler.Tests.Support;
using Labeler.TrainingEngine.Algorithms.SupervisedFineTuning;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Tests.Training;
using Labeler.TrainingEngine.Training;
using Labeler.TrainingEngine.Training.Loop;

namespace Labeler.TrainingEngine.Tests.Algorithms;

public sealed class SupervisedTests : IDisposable
{
    private static readonly SupervisedOptions Quick = new() { LearningRate = 3e-3, WarmUpSteps = 5, Steps = 60, ImagesPerStep = 8, EvaluateEvery = 30, EvaluationImages = 2 };
    private readonly TemporaryFolder _folder = new();
    private readonly StableDiffusion _model;

    public SupervisedTests() => _model = TinyTrajectories.Model(_folder.File("model"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Fine_tuning_lowers_the_loss_and_evaluates_with_fixed_and_random_seeds()
    {
        var result = SupervisedTraining.Run(_model, CaptionedFolder.Read(Images()), Quick, new TrainedPart.WholeUNet(), Place("out"));

        Assert.True(File.Exists(result.Weights));
        double[] losses = [.. File.ReadLines(_folder.File("out", "metrics.jsonl")).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("loss").GetDouble())];
        Assert.Equal(60, losses.Length);
        Assert.True(losses.TakeLast(20).Average() < losses.Take(20).Average() - 0.02, string.Join(" ", losses));
        string Name(string step, string image) => _folder.File("out", "evaluation", step, image);
        foreach (var step in new[] { "step-00000030", "step-00000060" })
        {
            Assert.Equal(["fixed-00.png", "fixed-01.png", "random-00.png", "random-01.png"], Directory.GetFileSystemEntries(_folder.File("out", "evaluation", step)).Select(Path.GetFileName).Order());
        }
        Assert.Equal(PngComments.Of(File.ReadAllBytes(Name("step-00000030", "fixed-00.png")))["seed"], PngComments.Of(File.ReadAllBytes(Name("step-00000060", "fixed-00.png")))["seed"]);
        Assert.NotEqual(PngComments.Of(File.ReadAllBytes(Name("step-00000030", "random-00.png")))["seed"], PngComments.Of(File.ReadAllBytes(Name("step-00000060", "random-00.png")))["seed"]);
    }

    [Theory]
    [InlineData("not json", "metadata.jsonl, line 1")]
    [InlineData("{\"text\": \"a cat\"}", "there is no file_name")]
    [InlineData("{\"file_name\": \"../../etc/passwd\", \"text\": \"a cat\"}", "lies outside the folder")]
    [InlineData("", "names no image")]
    public void A_wrong_list_is_refused_by_line(string line, string reason)
    {
        Directory.CreateDirectory(_folder.File("wrong"));
        File.WriteAllText(_folder.File("wrong", "metadata.jsonl"), line);

        Assert.Contains(reason, Assert.Throws<EngineException>(() => CaptionedFolder.Read(_folder.File("wrong"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_that_is_no_utf_8_is_refused_with_its_place_and_a_byte_order_mark_is_no_part_of_it()
    {
        var list = Path.Combine(Images(), "metadata.jsonl");
        var lines = File.ReadAllBytes(list);
        File.WriteAllBytes(list, [0xEF, 0xBB, 0xBF, .. lines]);
        Assert.NotEmpty(CaptionedFolder.Read(_folder.File("images")));

        File.WriteAllBytes(list, System.Text.Encoding.Latin1.GetBytes("{\"file_name\": \"0.png\", \"text\": \"a\"}\n{\"file_name\": \"1.png\", \"text\": \"schöner Spiegel\"}\n"));
        Assert.Contains("metadata.jsonl, line 2, column 36: the byte 0xF6", Assert.Throws<LabelerException>(() => CaptionedFolder.Read(_folder.File("images"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_image_that_cannot_be_read_is_named()
    {
        File.WriteAllText(Path.Combine(Images(), "1.png"), "no image");

        Assert.Contains("1.png", Assert.Throws<EngineException>(() => SupervisedTraining.Run(_model, CaptionedFolder.Read(_folder.File("images")), Quick, TinyEpoch.Adapter, Place("out"))).Message, StringComparison.Ordinal);
    }

    private RunOptions Place(string name) => new() { Output = _folder.File(name), Workers = 1, Threads = 1 };

    // Four stripes of colour, none of the model's size.
    private string Images()
    {
        var path = Directory.CreateDirectory(_folder.File("images")).FullName;
        for (var number = 0; number < 4; number++)
        {
            var rgb = new byte[40 * 30 * 3];
            for (var at = 0; at < rgb.Length; at++)
            {
                rgb[at] = (byte)(at / 3 % 40 / 10 == number ? 220 : 40);
            }
            File.WriteAllBytes(Path.Combine(path, $"{number}.png"), new Picture(40, 30, rgb).ToPng());
        }
        File.WriteAllLines(Path.Combine(path, "metadata.jsonl"), Enumerable.Range(0, 4).Select(number =>
            JsonSerializer.Serialize(new { file_name = $"{number}.png", text = number % 2 == 0 ? "a cat" : "a dog", label = number % 2 + 1 })));
        return path;
    }
}
