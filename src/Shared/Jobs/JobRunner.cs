using System.Data.Common;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Labeler.Shared.Imaging;
using Microsoft.Extensions.Logging;

namespace Labeler.Shared.Jobs;

/// <summary>Claims jobs of the kinds that it has handlers for and does them, one after the other, on the thread that calls it.</summary>
public sealed partial class JobRunner(JobQueue queue, IReadOnlyCollection<IJobHandler> handlers, DatabaseThread database, ILogger log)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Called every few seconds, from any thread, while the runner lives.</summary>
    public Action Alive { get; init; } = () => { };

    /// <summary>Called on the runner's thread whenever there is no job.</summary>
    public Action Idle { get; init; } = () => { };

    /// <summary>Called on the runner's thread when a job has come to its end here, whatever that was.</summary>
    public Action Ended { get; init; } = () => { };

    /// <summary>Does it jobs whose project asks for a device? Not where it computes on its own alone.</summary>
    public bool AnyDevice { get; init; } = true;

    /// <summary>Works until it is stopped; a job in progress is given back with all that it has written.</summary>
    /// <param name="worker">A name that no other running worker has.</param>
    public void Run(string worker, CancellationToken stop)
    {
        JobKind[] kinds = [.. handlers.Select(handler => handler.Kind)];
        Log.Ready(log, worker);
        while (!stop.IsCancellationRequested)
        {
            Job? job = null;
            try
            {
                job = database.Do(() => queue.Claim(worker, kinds, stop, AnyDevice));
                if (job is null)
                {
                    Idle();
                }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) when (error is DbUpdateException or DbException or TimeoutException or StorageException
                || StorageTrouble.IsOfDatabase(error))
            {
                Log.NoAnswer(log, error.Message);
            }
            if (job is null)
            {
                Alive();
                stop.WaitHandle.WaitOne(Pause);
            }
            else
            {
                var began = Stopwatch.GetTimestamp();
                var outcome = Do(job, stop);
                JobInstruments.Ended(job.Kind, outcome, Stopwatch.GetElapsedTime(began));
                Ended();
            }
        }
    }

    /// <returns>How it came to its end here.</returns>
    private string Do(Job job, CancellationToken stop)
    {
        using var reporter = new JobReporter(queue, database, job, log, Alive, stop);
        try
        {
            return Do(job, reporter, stop);
        }
        catch (Exception error) when (StorageTrouble.IsOfDatabase(error))
        {
            // Nothing is wrong with the job, and nobody can be told: what was written stays, and its lease ends.
            Log.Left(log, job.Id, error.Message);
            return "lost";
        }
    }

    private string Do(Job job, JobReporter reporter, CancellationToken stop)
    {
        try
        {
            handlers.First(handler => handler.Kind == job.Kind).Run(job, reporter);
            return reporter.HasFailed ? "failed" : "done";
        }
        catch (Exception error) when (error is OperationCanceledException or JobLostException)
        {
            return End(job, reporter, stop);
        }
        catch (Exception error)
            when (error is LabelerException or PictureException or IOException or UnauthorizedAccessException or ExternalException
                && !StorageTrouble.IsOfDatabase(error))
        {
            reporter.SayFailed(error.Message);
            if (!reporter.End(() => queue.Fail(job, error.Message)))
            {
                Log.Lost(log, job.Id);
            }
            return "failed";
        }
    }

    /// <summary>A job that came to no end: a person called it off, it is another worker's now, or this worker ends.</summary>
    private string End(Job job, JobReporter reporter, CancellationToken stop)
    {
        // Whoever writes for a job that was called off learns it sooner than the heart does.
        if (reporter.Heard == HeartbeatResult.Cancel || !stop.IsCancellationRequested && reporter.Listen() == HeartbeatResult.Cancel)
        {
            reporter.End(() => queue.Stop(job));
            return "canceled";
        }
        if (stop.IsCancellationRequested)
        {
            reporter.End(() => queue.GiveBack(job));
            return "given back";
        }
        Log.Lost(log, job.Id);
        return "lost";
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "worker {Worker} is ready")]
        public static partial void Ready(ILogger log, string worker);

        [LoggerMessage(LogLevel.Warning, "the database does not answer ({Reason}); trying again")]
        public static partial void NoAnswer(ILogger log, string reason);

        [LoggerMessage(LogLevel.Warning,
            "job {JobId}: the database does not answer ({Reason}); the job goes on where somebody takes it when its lease is over")]
        public static partial void Left(ILogger log, long jobId, string reason);

        [LoggerMessage(LogLevel.Warning, "job {JobId}: another worker has it now, or it was canceled")]
        public static partial void Lost(ILogger log, long jobId);
    }
}
