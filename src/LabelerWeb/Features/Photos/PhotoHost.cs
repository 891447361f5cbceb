using Labeler.Shared.Photos;
using Labeler.Shared.Photos.Captions;

namespace Labeler.Web.Features.Photos;

/// <summary>Does imports and captions, which need no model. A job that a process could not end is taken up by the next.</summary>
internal sealed partial class PhotoHost(JobQueue queue, PhotoImport import, CaptionRun captions, ILogger<PhotoHost> log) : BackgroundService
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);
    private static readonly string Worker = $"web-{Environment.MachineName}-{Environment.ProcessId}";

    // Side by side, so that a slow endpoint holds up no import.
    protected override Task ExecuteAsync(CancellationToken stopping) =>
        Task.WhenAll(Work(JobKind.Import, import.Run, stopping), Work(JobKind.Caption, captions.Run, stopping));

    private async Task Work(JobKind kind, Func<Job, CancellationToken, Task> run, CancellationToken stopping)
    {
        await Task.Yield();
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                if (await queue.Claim($"{Worker}-{kind}", [kind], stopping) is { } job)
                {
                    await Do(job, run, stopping);
                }
                else
                {
                    await Task.Delay(Idle, stopping);
                }
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                // A database that is busy or away for a moment ends nothing; the job's lease decides who goes on.
                Log.Trouble(log, kind, error);
                await Task.Delay(Idle, stopping).ContinueWith(_ => { }, TaskScheduler.Default);
            }
        }
    }

    private async Task Do(Job job, Func<Job, CancellationToken, Task> run, CancellationToken stopping)
    {
        try
        {
            await Task.Run(() => run(job, stopping), stopping);
        }
        catch (OperationCanceledException)
        {
            await (stopping.IsCancellationRequested ? queue.GiveBack(job, CancellationToken.None)
                : queue.Stop(job, CancellationToken.None));
        }
        catch (JobLostException)
        {
            Log.Lost(log, job.Id);
        }
        catch (LabelerException error)
        {
            await queue.Fail(job, error.Message, CancellationToken.None);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or Labeler.Shared.Images.PictureException)
        {
            Log.Trouble(log, job.Kind, error);
            await queue.Fail(job, error.Message, CancellationToken.None);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "Photos: the {Kind} had trouble and is tried again")]
        public static partial void Trouble(ILogger log, JobKind kind, Exception error);

        [LoggerMessage(LogLevel.Information, "Photos: job {JobId} has gone to another process")]
        public static partial void Lost(ILogger log, long jobId);
    }
}
