using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Labeler.TrainingEngine.Diffusion;

namespace Labeler.TrainingEngine.Worker;

/// <summary>The processes that sample the other devices' shares beside this one. They end with it, whatever it ends by.</summary>
internal sealed class ShareProcesses : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private readonly List<(Process Process, string Device, Task<string> Errors)> _processes = [];
    private readonly ConcurrentQueue<int> _made = new();

    // Where there are no others, there is none: a worker that is killed would leave it.
    private readonly DirectoryInfo? _folder;

    /// <param name="whole">What is to be sampled by all; its device is this process's.</param>
    /// <param name="devices">Of the other shares.</param>
    public ShareProcesses(SampleShare whole, IReadOnlyList<string> devices)
    {
        Shares = devices.Count + 1;
        _folder = devices.Count == 0 ? null : Directory.CreateTempSubdirectory("labeler-share-");
        foreach (var (device, number) in devices.Select((device, number) => (device, number + 1)))
        {
            Start(whole with { Place = whole.Place with { Device = device }, Number = number, Of = Shares, Folder = _folder!.FullName },
                device);
        }
    }

    /// <summary>This process's share and the others'.</summary>
    public int Shares { get; }

    /// <summary>Hands over what the others have made by now, on the calling thread.</summary>
    public void Drain(Action<int, SampledGroup> take)
    {
        while (_made.TryDequeue(out var group))
        {
            using var sampled = SampleShare.Take(_folder!.FullName, group);
            take(group, sampled);
        }
    }

    /// <summary>Waits for the others and hands over what they make.</summary>
    /// <exception cref="EngineException">One of them failed; what it said.</exception>
    public void Finish(Action<int, SampledGroup> take, CancellationToken stop)
    {
        foreach (var (process, device, errors) in _processes)
        {
            while (!process.WaitForExit(Pause))
            {
                stop.ThrowIfCancellationRequested();
                Drain(take);
            }
            // Only now all that it printed has been read.
            process.WaitForExit();
            Drain(take);
            if (process.ExitCode != 0)
            {
                var said = errors.GetAwaiter().GetResult().Trim().Split('\n')[^1];
                throw new EngineException($"the process on {device} failed: {(said.Length > 0 ? said : $"exit code {process.ExitCode}")}");
            }
        }
    }

    public void Dispose()
    {
        foreach (var (process, _, _) in _processes)
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
                process.WaitForExit();
            }
            process.Dispose();
        }
        _folder?.Delete(recursive: true);
    }

    private void Start(SampleShare share, string device)
    {
        var program = typeof(ShareProcesses).Assembly.Location;
        var own = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == Path.GetFileNameWithoutExtension(program);
        var process = Process.Start(new ProcessStartInfo(own ? Environment.ProcessPath! : "dotnet", own ? ["share"] : [program, "share"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.OutputDataReceived += (_, line) =>
        {
            if (int.TryParse(line.Data, NumberStyles.None, CultureInfo.InvariantCulture, out var group))
            {
                _made.Enqueue(group);
            }
        };
        process.BeginOutputReadLine();
        _processes.Add((process, device, process.StandardError.ReadToEndAsync()));
        // Its input stays open: where it ends, so does the process.
        process.StandardInput.WriteLine(share.ToLine());
        process.StandardInput.Flush();
    }
}
