using Labeler.Shared.Webhooks.Sending;
using Labeler.Web.Hosting;

namespace Labeler.Web.Features.Webhooks;

/// <summary>Sends what the outbox holds, each webhook beside the others, so that one whose receiver is slow holds up nobody.</summary>
internal sealed partial class WebhookSender(DeliveryQueue queue, ILogger<WebhookSender> log)
    : RepeatedService(Interval, TimeProvider.System, log)
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private const int MostAtOnce = 64;

    private readonly Dictionary<long, Task> _sending = [];

    protected override string Failure => "What webhooks wait for could not be found out";

    // By the real clock, as what it waits for is another program.
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await base.ExecuteAsync(stoppingToken);
        // What is not sent yet waits in the database.
        await Task.WhenAll(_sending.Values);
    }

    protected override async Task Look(CancellationToken stopping)
    {
        var due = await queue.Due(stopping);
        foreach (var done in _sending.Where(one => one.Value.IsCompleted).Select(one => one.Key).ToList())
        {
            _sending.Remove(done);
        }
        foreach (var webhook in due.Where(webhook => !_sending.ContainsKey(webhook)).Take(MostAtOnce - _sending.Count))
        {
            _sending[webhook] = Task.Run(() => Send(webhook, stopping), CancellationToken.None);
        }
    }

    private async Task Send(long webhook, CancellationToken stopping)
    {
        try
        {
            await queue.Send(webhook, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Sent again by whoever comes next.
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            Log.Failed(log, webhook, error);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "What came of a message to webhook {Webhook} could not be written down: it is sent again")]
        public static partial void Failed(ILogger log, long webhook, Exception error);
    }
}
