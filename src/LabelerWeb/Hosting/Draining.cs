using Microsoft.Extensions.Options;

namespace Labeler.Web.Hosting;

/// <summary>
/// The time between being asked to end and ending, in which a proxy sends people to the other servers: readiness is false from its
/// beginning, and in its second half whoever opens a page is sent away, so that also a proxy that asks for no readiness goes elsewhere.
/// What is sent, such as votes, is taken until the end, and open pages go on until then.
/// </summary>
public sealed class Draining(IOptions<WebOptions> options, IHostApplicationLifetime lifetime, TimeProvider time)
{
    private readonly Lock _lock = new();
    private DateTimeOffset? _begun;

    private TimeSpan Lasts => TimeSpan.FromSeconds(options.Value.DrainSeconds);

    /// <summary>Is it about to end?</summary>
    public bool IsDraining => _begun is not null;

    /// <summary>Is whoever opens a page sent to another server?</summary>
    public bool SendsAway => _begun is { } begun && time.GetUtcNow() - begun >= Lasts / 2;

    /// <summary>Ends the program after the time that is configured, and when called again at once.</summary>
    public void Begin()
    {
        lock (_lock)
        {
            if (_begun is not null || Lasts == TimeSpan.Zero)
            {
                lifetime.StopApplication();
                return;
            }
            _begun = time.GetUtcNow();
        }
        _ = End();
    }

    private async Task End()
    {
        await Task.Delay(Lasts, time, lifetime.ApplicationStopping).ContinueWith(_ => { }, TaskScheduler.Default);
        lifetime.StopApplication();
    }
}
