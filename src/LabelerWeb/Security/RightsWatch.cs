using System.Collections.Concurrent;
using Labeler.Web.Hosting;

namespace Labeler.Web.Security;

/// <summary>
/// Tells pages that stay open, soon after anybody did something, to ask anew whether they may. It looks at the newest lines of the log of
/// what was done, and so hears also of what another process of the installation did.
/// </summary>
public sealed class RightsWatch(IDbContextFactory<LabelerDb> contexts, ILogger<RightsWatch> log)
    : RepeatedService(Interval, TimeProvider.System, log)
{
    /// <summary>Short enough that an open page stops within a second, by the real clock: rights end in real time.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(300);

    // Lines of several processes may appear in another order than their numbers.
    private const int Newest = 50;

    private readonly ConcurrentDictionary<Guid, Func<Task>> _hearers = new();
    private HashSet<long>? _seen;

    /// <summary>Has something done whenever rights may have changed, until what is returned is disposed of.</summary>
    public IDisposable Hear(Func<Task> ask)
    {
        var id = Guid.NewGuid();
        _hearers[id] = ask;
        return new Ending(() => _hearers.TryRemove(id, out _));
    }

    // Each page also asks by itself, every few seconds.
    protected override string Failure => "Whether rights have changed could not be found out";

    protected override async Task Look(CancellationToken stopping)
    {
        if (_hearers.IsEmpty)
        {
            _seen = null;
            return;
        }
        await using var db = await contexts.CreateDbContextAsync(stopping);
        var now = (await db.AuditEntries.OrderByDescending(entry => entry.Id).Select(entry => entry.Id).Take(Newest)
            .ToListAsync(stopping)).ToHashSet();
        if (_seen?.SetEquals(now) != true)
        {
            _seen = now;
            await Task.WhenAll(_hearers.Values.Select(ask => ask()));
        }
    }

    private sealed class Ending(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
