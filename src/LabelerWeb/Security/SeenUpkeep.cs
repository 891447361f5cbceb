using System.Collections.Concurrent;
using Labeler.Web.Hosting;

namespace Labeler.Web.Security;

/// <summary>Writes down now and then what was seen, so that requests only read, and removes what is old.</summary>
internal abstract class SeenUpkeep(IDbContextFactory<LabelerDb> contexts, TimeProvider time, ILogger log)
    : RepeatedService(Interval, time, log)
{
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<Guid, bool> _seen = new();

    public void Seen(Guid id) => _seen.TryAdd(id, true);

    // Requests go on without it. What was seen is kept, and written the next time.
    protected override string Failure => "What was seen could not be written down";

    /// <summary>Writes what was seen since the last time.</summary>
    internal Task Write(CancellationToken stopping) => TryLook(stopping);

    protected override async Task Look(CancellationToken stopping)
    {
        Guid[] seen = [.. _seen.Keys];
        await using var db = await contexts.CreateDbContextAsync(stopping);
        foreach (var some in seen.Chunk(500))
        {
            await See(db, some, Time.GetUtcNow(), stopping);
        }
        foreach (var id in seen)
        {
            _seen.TryRemove(id, out _);
        }
        await RemoveOld(db, Time.GetUtcNow(), stopping);
    }

    protected abstract Task See(LabelerDb db, Guid[] seen, DateTimeOffset now, CancellationToken stopping);

    protected abstract Task RemoveOld(LabelerDb db, DateTimeOffset now, CancellationToken stopping);
}
