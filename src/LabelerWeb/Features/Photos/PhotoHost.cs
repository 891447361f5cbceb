namespace Labeler.Web.Features.Photos;

/// <summary>Does imports and captions beside the pages: they need no model. A job that a process could not end is taken up by the
/// next.</summary>
internal sealed partial class PhotoHost(JobQueue queue, IEnumerable<IJobHandler> handlers, ILogger<PhotoHost> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly string Worker = $"web-{Environment.MachineName}-{Environment.ProcessId}";

    // Side by side, so that a slow endpoint holds up no import.
    protected override Task ExecuteAsync(CancellationToken stopping) => Task.WhenAll(handlers.Select(handler =>
        Task.Factory.StartNew(() => Work(handler, stopping), CancellationToken.None, TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));

    private void Work(IJobHandler handler, CancellationToken stopping)
    {
        using var database = new DatabaseThread();
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                new JobRunner(queue, [handler], database, log).Run($"{Worker}-{handler.Kind}", stopping);
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                // Pages go on whatever happens to a job; its lease decides who takes it up.
                Log.Trouble(log, handler.Kind, error);
                stopping.WaitHandle.WaitOne(Pause);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "Photos: the {Kind} had trouble and is tried again")]
        public static partial void Trouble(ILogger log, JobKind kind, Exception error);
    }
}
