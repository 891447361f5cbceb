using Labeler.Shared.Data.Servers;

namespace Labeler.Web.Hosting;

/// <summary>Does one thing again and again, on one server of the installation at a time. When that one ends another takes over at once,
/// and after the lease when it dies.</summary>
/// <param name="duty">Its name in the database.</param>
/// <param name="lease">Longer than it takes once.</param>
/// <param name="interval">As <see cref="RepeatedService"/>'s.</param>
/// <param name="duties">Which server it is.</param>
/// <param name="time">The clock that <paramref name="interval"/> is measured by.</param>
/// <param name="log">Where faults go.</param>
public abstract class SoleService(string duty, TimeSpan lease, TimeSpan interval, Duties duties, TimeProvider time, ILogger log)
    : RepeatedService(interval, time, log)
{
    /// <summary>Does it once, alone.</summary>
    protected abstract Task LookAlone(CancellationToken stopping);

    protected sealed override async Task Look(CancellationToken stopping)
    {
        if (await duties.Hold(duty, lease, stopping))
        {
            await LookAlone(stopping);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await duties.GiveUp(duty, cancellationToken);
        }
        catch (Exception error) when (StorageTrouble.Of(error) is not null)
        {
            // The lease ends by itself.
        }
    }
}
