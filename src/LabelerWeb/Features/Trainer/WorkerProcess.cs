using System.Diagnostics;
using System.Globalization;

namespace Labeler.Web.Features.Trainer;

/// <summary>
/// One worker as a child process: it computes at lower priority, is heard line by line, asked to stop by closing its
/// standard input. The pipe also closes when this process dies by whatever cause, so no worker is left behind.
/// </summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly Process _process;
    private readonly Action<string> _heard;
    private long _lastHeard;

    private WorkerProcess(Process process, Action<string> heard)
    {
        _process = process;
        _heard = heard;
        _lastHeard = Stopwatch.GetTimestamp();
    }

    public int Id => _process.Id;
    public TimeSpan Silence => Stopwatch.GetElapsedTime(Interlocked.Read(ref _lastHeard));

    /// <summary>The last line of standard error: a program of ours ends with one line that says what is wrong.</summary>
    public string? LastError { get; private set; }

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
                "--nice", options.Niceness.ToString(CultureInfo.InvariantCulture), "--checkpoint-every",
                options.CheckpointSeconds.ToString(CultureInfo.InvariantCulture), "--ranks",
                options.Ranks.ToString(CultureInfo.InvariantCulture),
            },
            // Spinning OpenMP threads collapse where cores are shared with the web application.
            Environment = { ["OMP_WAIT_POLICY"] = "PASSIVE" },
        };
        if (options.Device.Length > 0)
        {
            start.ArgumentList.Add("--device");
            start.ArgumentList.Add(options.Device);
        }
        foreach (var (setting, value) in place.Environment)
        {
            start.Environment[setting] = value;
        }
        var worker = new WorkerProcess(new Process { StartInfo = start }, heard);
        worker._process.OutputDataReceived += (_, line) => worker.Hear(line.Data, error: false);
        worker._process.ErrorDataReceived += (_, line) => worker.Hear(line.Data, error: true);
        worker._process.Start();
        worker._process.BeginOutputReadLine();
        worker._process.BeginErrorReadLine();
        return worker;
    }

    public Task<bool> Ended(TimeSpan wait, CancellationToken cancel) =>
        _process.WaitForExitAsync(cancel).WaitAsync(wait, cancel)
            .ContinueWith(task => task.IsCompletedSuccessfully, CancellationToken.None, TaskContinuationOptions.None,
                TaskScheduler.Default);

    public int ExitCode => _process.ExitCode;

    /// <summary>Asks the worker to save and end; ends it hard when it has not after <paramref name="patience"/>.</summary>
    public async Task Stop(TimeSpan patience)
    {
        if (_process.HasExited)
        {
            return;
        }
        _process.StandardInput.Close();
        if (!await Ended(patience, CancellationToken.None))
        {
            Kill();
        }
    }

    public void Kill()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }
    }

    public void Dispose() => _process.Dispose();

    private void Hear(string? line, bool error)
    {
        if (line is null)
        {
            return;
        }
        Interlocked.Exchange(ref _lastHeard, Stopwatch.GetTimestamp());
        if (error && line.Length > 0)
        {
            LastError = line;
        }
        // An empty line is the worker's sign of life; it says nothing worth keeping.
        if (line.Length > 0)
        {
            _heard(line);
        }
    }
}
