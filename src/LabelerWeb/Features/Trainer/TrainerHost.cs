using Microsoft.Extensions.Options;

namespace Labeler.Web.Features.Trainer;

/// <summary>
/// Keeps trainer workers running beside the web application: starts them, restarts one that ended or hangs, and
/// lets them save their work when the application stops. The worker and the web meet only in the database.
/// </summary>
internal sealed partial class TrainerHost(
    IOptions<TrainerOptions> options, TrainerWatch watch, WorkerLocation place, TimeProvider time, ILogger<TrainerHost> log)
        : BackgroundService
{
    /// <summary>A worker that fails so soon has not come to its first job: it cannot run on this machine as it is.</summary>
    private static readonly TimeSpan SoonAfterStart = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    protected override Task ExecuteAsync(CancellationToken stopping)
    {
        if (!options.Value.Start)
        {
            watch.Enter(TrainerHealth.Elsewhere);
            return Task.CompletedTask;
        }
        return Task.WhenAll(Enumerable.Range(1, options.Value.Workers).Select(number => KeepRunning(number, stopping)));
    }

    private async Task KeepRunning(int number, CancellationToken stopping)
    {
        await Task.Yield();
        var waits = new RestartWait(TimeSpan.FromSeconds(options.Value.RestartSeconds));
        while (!stopping.IsCancellationRequested)
        {
            var started = time.GetTimestamp();
            var (health, message, failed) = await RunOnce(number, stopping);
            if (stopping.IsCancellationRequested)
            {
                break;
            }
            watch.Enter(health, message);
            await Task.Delay(waits.After(failed, time.GetElapsedTime(started)), time, stopping)
                .ContinueWith(_ => { }, TaskScheduler.Default);
        }
        watch.Enter(TrainerHealth.Stopped);
    }

    /// <summary>Runs one worker to its end and says what its end means.</summary>
    private async Task<(TrainerHealth Health, string? Message, bool Failed)> RunOnce(int number, CancellationToken stopping)
    {
        if (place.EngineMissing is { } missing)
        {
            return (TrainerHealth.Unable, missing, true);
        }
        WorkerProcess worker;
        try
        {
            worker = WorkerProcess.Start(place, place.NameOf(number), options.Value, line => Log.Line(log, line));
        }
        catch (Exception error) when (error is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            Log.DidNotStart(log, error);
            return (TrainerHealth.Unable, $"The trainer could not be started: {error.Message}", true);
        }
        using (worker)
        {
            Log.Started(log, worker.Id);
            watch.Enter(TrainerHealth.Running);
            var started = time.GetTimestamp();
            var silence = TimeSpan.FromSeconds(options.Value.SilenceSeconds);
            while (!await worker.Ended(Beat, stopping))
            {
                if (stopping.IsCancellationRequested)
                {
                    await worker.Stop(TimeSpan.FromSeconds(options.Value.StopSeconds));
                    return (TrainerHealth.Stopped, null, false);
                }
                if (worker.Silence > silence)
                {
                    Log.Hung(log, worker.Id, worker.Silence);
                    worker.Kill();
                }
            }
            Log.Ended(log, worker.Id, worker.ExitCode, worker.LastError);
            return worker.ExitCode switch
            {
                0 => (TrainerHealth.Restarting, null, false),
                _ when time.GetElapsedTime(started) < SoonAfterStart =>
                    (TrainerHealth.Unable, worker.LastError ?? $"The trainer ended at once with code {worker.ExitCode}.", true),
                _ => (TrainerHealth.Restarting, worker.LastError ?? $"The trainer ended with code {worker.ExitCode}.", true),
            };
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Trainer worker {ProcessId} started")]
        public static partial void Started(ILogger log, int processId);

        [LoggerMessage(LogLevel.Warning, "Trainer worker {ProcessId} ended with code {ExitCode}: {LastError}")]
        public static partial void Ended(ILogger log, int processId, int exitCode, string? lastError);

        [LoggerMessage(LogLevel.Warning, "Trainer worker {ProcessId} has said nothing for {Silence} and is ended")]
        public static partial void Hung(ILogger log, int processId, TimeSpan silence);

        [LoggerMessage(LogLevel.Error, "The trainer worker could not be started")]
        public static partial void DidNotStart(ILogger log, Exception error);

        [LoggerMessage(LogLevel.Debug, "Trainer: {Line}")]
        public static partial void Line(ILogger log, string line);
    }
}
