using System.CommandLine;
using Labeler.TrainingEngine.Commands;

namespace Labeler.TrainingEngine.Tests.Commands;

[Collection("Console")]
public sealed class PretrainCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("--hazards must be between 0 and 1", "--hazards", "1.5")]
    [InlineData("--wrong-colors must be between 0 and 1", "--wrong-colors", "-0.1")]
    [InlineData("--vae-steps must be at least 1", "--vae-steps", "0")]
    public void What_cannot_be_made_is_one_line_and_writes_nothing(string reason, params string[] arguments)
    {
        string folder = _folder.File("model");

        (int code, _, string error) = ConsoleCapture.Of(() =>
            CommandLine.Run(new RootCommand { PretrainCommand.Create() }, ["pretrain", "--out", folder, .. arguments]));

        Assert.Equal(1, code);
        Assert.Contains(reason, error, StringComparison.Ordinal);
        Assert.Equal(1, error.Count(letter => letter == '\n'));
        Assert.False(Directory.Exists(folder));
    }
}
