using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Tests.Training;

namespace Labeler.TrainingEngine.Tests.Commands;

public sealed class KilledSamplingTests : IDisposable
{
    private const int Groups = 12;
    private readonly TemporaryFolder _folder = new();

    public KilledSamplingTests() => TinyModel.Write(_folder.File("model"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Sampling_killed_or_interrupted_at_any_moment_ends_with_the_same_bytes()
    {
        Assert.Equal((0, ""), End(Sample("unbroken")));
        using (var killed = Sample("broken"))
        {
            WaitFor(killed, () => Complete("broken") > 1);
            killed.Kill();
        }

        using (var interrupted = Sample("broken"))
        {
            int before = Complete("broken");
            WaitFor(interrupted, () => Complete("broken") > before + 1);
            interrupted.Interrupt();
            Assert.Equal((130, "stopped\n"), End(interrupted));
        }

        Assert.InRange(Complete("broken"), 3, Groups - 1);
        Assert.Equal((0, ""), End(Sample("broken")));
        Assert.Equal(Files("unbroken"), Files("broken"));
        Assert.All(Files("unbroken"), file => Assert.Equal(File.ReadAllBytes(_folder.File("unbroken", file)), File.ReadAllBytes(_folder.File("broken", file))));
    }

    [Fact]
    public void A_full_disk_is_one_clear_error_and_what_is_there_is_whole()
    {
        var (code, errors) = End(EngineProcess.StartWithFilesUpTo(4, Arguments("full")));

        Assert.Equal(1, code);
        Assert.Matches("^error: .*(cannot be written|could not write).*\n$", errors);
        Assert.Equal(0, Complete("full"));
        Assert.Equal((0, ""), End(Sample("full")));
        Assert.Equal(Groups, Complete("full"));
        using Trajectory last = Trajectory.Load(_folder.File("full", "trajectories", $"{Groups - 1:00000}.safetensors"));
        Assert.Equal(2, last.Images);
    }

    private EngineProcess Sample(string output) => EngineProcess.Start(Arguments(output));

    // A group at a time and many steps, so that there is time to stop it.
    private string[] Arguments(string output) =>
    [
        "sample", "--model", _folder.File("model"), "--prompt", "a cat", "--count", $"{Groups}", "--group", "2", "--steps", "20", "--at-once", "2", "--workers", "1", "--out", _folder.File(output),
    ];

    private int Complete(string output) =>
        Directory.Exists(_folder.File(output, "trajectories")) ? Directory.GetFiles(_folder.File(output, "trajectories"), "*.safetensors").Length : 0;

    private string[] Files(string output) =>
        [.. Directory.GetFiles(_folder.File(output), "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(_folder.File(output), file)).Order(StringComparer.Ordinal)];

    private static (int Code, string Errors) End(EngineProcess process)
    {
        var (code, _, errors) = process.End();
        return (code, errors);
    }

    private static void WaitFor(EngineProcess process, Func<bool> condition)
    {
        while (!condition())
        {
            Assert.True(process.Running, process.Running ? "" : $"it ended early: {process.End()}");
            Thread.Sleep(2);
        }
    }
}
