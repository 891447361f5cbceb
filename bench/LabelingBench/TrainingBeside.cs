using System.Diagnostics;

namespace Labeler.Bench.Labeling;

/// <summary>The engine training a model beside the server, at the lower priority that a worker has.</summary>
public sealed class TrainingBeside : IDisposable
{
    private readonly Process process;
    private readonly string output;

    private TrainingBeside(Process process, string output) => (this.process, this.output) = (process, output);

    public static TrainingBeside Start()
    {
        var output = Directory.CreateTempSubdirectory("labeler-bench-").FullName;
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
        var engine = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "TrainingEngine", configuration, "TrainingEngine.dll"));
        var process = Process.Start(new ProcessStartInfo("nice", ["-n", "10", "dotnet", engine, "pretrain", "--out", output]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new(process, output);
    }

    /// <summary>Share of one core that it has used since it began; 0 after it ended.</summary>
    public double Cores => process.HasExited ? 0 : process.TotalProcessorTime / (DateTime.Now - process.StartTime);

    public bool IsRunning => !process.HasExited;

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
        }
        process.Dispose();
        Directory.Delete(output, recursive: true);
    }
}
