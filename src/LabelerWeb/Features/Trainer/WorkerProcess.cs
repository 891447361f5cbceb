using System.Diagnostics;
using System.Globalization;

namespace Labeler.Web.Features.Trainer;

/// <summary>
/// One worker as a child process: it computes at lower priority, is heard line by line, asked to stop by closing its
/// standard input. The pipe also closes when this process dies by whatever cause, so no worker is left behind.
/// </summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly Process process;
    private readonly Action<string> heard;
    private long lastHeard;

    private WorkerProcess(Process process, Action<string> heard)
    {
        this.process = process;
        this.heard = heard;
        lastHeard = Stopwatch.GetTimestamp();
    }

    public int Id => process.Id;

    public TimeSpan Silence => Stopwatch.GetElapsedTime(Interlocked.Read(ref lastHeard));

    /// <summary>The last line of standard error: a program of ours ends with one line that says what is wrong.</summary>
    public string? LastError { get; private set; }

    /// <summary>Starts the engine's <c>worker</c> command.</summary>
    /// <param name="name">The worker's, which no other has.</param>
    public static WorkerProcess Start(WorkerLocation place, string name, TrainerOptions options, Action<string> heard)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                place.Engine, "worker", "--data", place.Data, "--name", name, "--until-input-ends",
                "--nice", options.Niceness.ToString(CultureInfo.InvariantCulture), "--checkpoint-every", options.CheckpointSeconds.ToString(CultureInfo.InvariantCulture),
            },
            // Spinning OpenMP threads collapse where cores are shared with the web application.
            Environment = { ["OMP_WAIT_POLICY"] = "PASSIVE" },
        };
        var worker = new WorkerProcess(new Process { StartInfo = start }, heard);
        worker.process.OutputDataReceived += (_, line) => worker.Hear(line.Data, error: false);
        worker.process.ErrorDataReceived += (_, line) => worker.Hear(line.Data, error: true);
        worker.process.Start();
        worker.process.BeginOutputReadLine();
        worker.process.BeginErrorReadLine();
        return worker;
    }

    public Task<bool> Ended(TimeSpan wait, CancellationToken cancel) =>
        process.WaitForExitAsync(cancel).WaitAsync(wait, cancel)
            .ContinueWith(task => task.IsCompletedSuccessfully, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

    public int ExitCode => process.ExitCode;

    /// <summary>Asks the worker to save and end; ends it hard when it has not after <paramref name="patience"/>.</summary>
    public async Task Stop(TimeSpan patience)
    {
        if (process.HasExited)
            return;
        process.StandardInput.Close();
        if (!await Ended(patience, CancellationToken.None))
            Kill();
    }

    public void Kill()
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
    }

    public void Dispose() => process.Dispose();

    private void Hear(string? line, bool error)
    {
        if (line is null)
            return;
        Interlocked.Exchange(ref lastHeard, Stopwatch.GetTimestamp());
        if (error && line.Length > 0)
            LastError = line;
        // An empty line is the worker's sign of life; it says nothing worth keeping.
        if (line.Length > 0)
            heard(line);
    }
}
