using System.Diagnostics;

namespace Labeler.Bench.Shares;

/// <summary>Workers, each a program of its own, that are ready for jobs.</summary>
public sealed class Workers : IDisposable
{
    private readonly List<Process> _processes = [];

    /// <summary>Processor seconds that they have used so far.</summary>
    public double CoreSeconds => _processes.Sum(process =>
    {
        process.Refresh();
        return process.TotalProcessorTime.TotalSeconds;
    });

    public static async Task<Workers> Start(string data, int count)
    {
        var workers = new Workers();
        var built = new DirectoryInfo(AppContext.BaseDirectory).Name;
        var engine = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "TrainingEngine", built, "TrainingEngine.dll"));
        var ready = new List<Task>();
        for (var number = 1; number <= count; number++)
        {
            var process = Process.Start(new ProcessStartInfo("dotnet",
                [engine, "worker", "--data", data, "--name", $"{count}-{number}", "--until-input-ends"])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                Environment = { ["OMP_WAIT_POLICY"] = "PASSIVE" },
            })!;
            var said = new TaskCompletionSource();
            process.OutputDataReceived += (_, line) =>
            {
                if (line.Data?.Contains("is ready", StringComparison.Ordinal) == true)
                {
                    said.TrySetResult();
                }
            };
            process.BeginOutputReadLine();
            workers._processes.Add(process);
            ready.Add(said.Task);
        }
        await Task.WhenAll(ready);
        return workers;
    }

    public void Dispose()
    {
        foreach (var process in _processes)
        {
            process.StandardInput.Close();
            process.WaitForExit();
            process.Dispose();
        }
    }
}
