using Labeler.Shared.Automation;
using Labeler.Shared.Webhooks.Sending;

namespace Labeler.Web.Features.Webhooks;

/// <summary>Looks now and then for epochs that have become ready, and removes old lines of the delivery logs.</summary>
internal sealed partial class WebhookUpkeep(DeliveryQueue queue, EpochReadiness readiness, ILogger<WebhookUpkeep> log) : BackgroundService
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await Look(stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The program ends.
        }
    }

    private async Task Look(CancellationToken stopping)
    {
        try
        {
            await readiness.Look(stopping);
            await queue.RemoveOld(stopping);
        }
        catch (Exception error) when (!stopping.IsCancellationRequested && error is not OutOfMemoryException)
        {
            LogFailed(log, error);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Whether epochs are ready could not be found out and is asked again")]
    private static partial void LogFailed(ILogger log, Exception error);
}
