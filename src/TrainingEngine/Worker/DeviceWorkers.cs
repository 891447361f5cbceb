using System.Diagnostics;
using System.Globalization;
using Labeler.TrainingEngine.Compute;

namespace Labeler.TrainingEngine.Worker;

/// <summary>The workers of further devices beside this one, a process each: they do shares, as workers elsewhere do. They end with this
/// process, whatever it ends by; one that ends by itself is told and started again.</summary>
internal sealed class DeviceWorkers : IDisposable
{
    private static readonly TimeSpan BeforeAnother = TimeSpan.FromSeconds(30);
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _running;

    /// <param name="data">The data folder.</param>
    /// <param name="name">Of the worker beside which they are; theirs follow from it.</param>
    /// <param name="devices">A worker for each.</param>
    /// <param name="niceness">As of this one.</param>
    /// <param name="output">Gets what they say.</param>
    public DeviceWorkers(string data, string name, IReadOnlyList<string> devices, int niceness, TextWriter output) =>
        _running = Task.WhenAll(devices.Select((device, n) => KeepRunning(
            ["worker", "--data", data, "--name", $"{name}-{n + 2}", "--device", device, "--only-shares", "--until-input-ends", "--nice",
                niceness.ToString(CultureInfo.InvariantCulture)], device, output)));

    public void Dispose()
    {
        _ending.Cancel();
        _running.GetAwaiter().GetResult();
        _ending.Dispose();
    }

    private async Task KeepRunning(string[] arguments, string device, TextWriter output)
    {
        while (!_ending.IsCancellationRequested)
        {
            using var process = Start(arguments);
            process.OutputDataReceived += (_, line) => Hear(line.Data);
            process.ErrorDataReceived += (_, line) => Hear(line.Data);
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            await process.WaitForExitAsync(_ending.Token).ContinueWith(_ => { }, TaskScheduler.Default);
            if (_ending.IsCancellationRequested)
            {
                // It gives its share back.
                process.StandardInput.Close();
                await process.WaitForExitAsync(CancellationToken.None);
                return;
            }
            output.WriteLine($"the worker on {device} ended with code {process.ExitCode}; it is started again in "
                + $"{BeforeAnother.TotalSeconds:0} s");
            await Task.Delay(BeforeAnother, _ending.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        }

        void Hear(string? line)
        {
            // An empty line is a sign of life.
            if (line is { Length: > 0 })
            {
                output.WriteLine($"{device}: {line}");
            }
        }
    }

    private static Process Start(string[] arguments)
    {
        var program = OwnProgram.Command;
        // Its input stays open: where it ends, so does the process.
        return Process.Start(new ProcessStartInfo(program[0], [.. program.Skip(1), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
    }
}
