using Labeler.Shared.Automation;
using Labeler.Shared.Data.Servers;
using Labeler.Shared.Webhooks.Sending;
using Labeler.Web.Hosting;

namespace Labeler.Web.Features.Webhooks;

/// <summary>Looks now and then for epochs that have become ready, and removes old lines of the delivery logs.</summary>
internal sealed class WebhookUpkeep(DeliveryQueue queue, EpochReadiness readiness, Duties duties, ILogger<WebhookUpkeep> log)
    : SoleService("epoch readiness", Lease, Interval, duties, TimeProvider.System, log)
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    protected override string Failure => "Whether epochs are ready could not be found out";

    protected override async Task LookAlone(CancellationToken stopping)
    {
        await readiness.Look(stopping);
        await queue.RemoveOld(stopping);
    }
}
