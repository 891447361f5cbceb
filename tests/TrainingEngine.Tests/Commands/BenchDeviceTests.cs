using System.CommandLine;
using Labeler.TrainingEngine.Commands;

namespace Labeler.TrainingEngine.Tests.Commands;

[Collection("Console")]
public sealed class BenchDeviceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    public BenchDeviceTests() => _model = TinyModel.Write(_folder.File("model"));

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("float32", "3")]
    [InlineData("bfloat16", "2")]
    public void It_prints_seconds_of_sampling_and_of_training_in_both_types_whole_and_in_parts(string type, string imagesAtOnce)
    {
        var (code, output, error) = Run("--device", "cpu", "--dtype", type, "--images", "3", "--steps", "3", "--timesteps", "2", "--images-at-once", imagesAtOnce);

        Assert.Equal((0, ""), (code, error));
        Assert.Matches(@"^sampling \d+\.\d{4} s a group\ntraining \d+\.\d{4} s a group and timestep\n$", output);
    }

    [Theory]
    [InlineData("--images is 0; at least 1 is needed", "--images", "0")]
    [InlineData("--timesteps is 4; of 4 steps all but the first can be measured", "--steps", "4", "--timesteps", "4")]
    [InlineData("the device tpu is unknown", "--device", "tpu")]
    public void What_cannot_be_measured_is_refused_in_one_line(string told, params string[] options)
    {
        var (code, _, error) = Run(options);

        Assert.Equal(1, code);
        Assert.StartsWith($"error: {told}", error, StringComparison.Ordinal);
    }

    private (int Code, string Output, string Error) Run(params string[] options) =>
        ConsoleCapture.Of(() => CommandLine.Run(new RootCommand { BenchCommand.Create() }, ["bench", "device", "--model", _model, .. options]));
}
