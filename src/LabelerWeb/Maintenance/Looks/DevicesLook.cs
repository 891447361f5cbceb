using System.Diagnostics;
using Labeler.Web.Hosting;

namespace Labeler.Web.Maintenance.Looks;

/// <summary>What the training engine computes on, as it says itself: the web application knows nothing of devices.</summary>
internal sealed class DevicesLook(DoctorReport report)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly string[] Told = ["libtorch", "device"];

    public async Task Run(CancellationToken cancel)
    {
        if (EngineProgram.Find() is not { } engine)
        {
            report.Say("devices", "the engine is not built on this machine (./labeler engine info builds it and says them)");
            return;
        }
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        using var process = Process.Start(new ProcessStartInfo("dotnet", [engine, "info"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        try
        {
            var said = process.StandardOutput.ReadToEndAsync(patience.Token);
            var wrong = process.StandardError.ReadToEndAsync(patience.Token);
            var lines = (await said).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            await process.WaitForExitAsync(patience.Token);
            if (process.ExitCode == 0)
            {
                report.Say("devices", string.Join("; ", lines.Where(line => Told.Any(line.StartsWith)).Select(Plain)));
                return;
            }
            report.Fault("devices", $"the engine does not start: {(await wrong).Trim().Split('\n')[^1]}");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            process.Kill(entireProcessTree: true);
            report.Fault("devices", $"the engine said nothing for {Patience.TotalMinutes:0} minutes: look at ./labeler engine info");
        }
    }

    private static string Plain(string line) => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
