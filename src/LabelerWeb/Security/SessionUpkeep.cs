using Labeler.Shared.Data.Servers;

namespace Labeler.Web.Security;

/// <summary>When sessions were last seen; old ones are removed, and so are counters of failed ones.</summary>
internal sealed class SessionUpkeep(IDbContextFactory<LabelerDb> contexts, TimeProvider time, ILogger<SessionUpkeep> log)
    : SeenUpkeep(contexts, time, log)
{
    protected override Task See(LabelerDb db, Guid[] seen, DateTimeOffset now, CancellationToken stopping) =>
        Session.See(db, seen, now, stopping);

    protected override async Task RemoveOld(LabelerDb db, DateTimeOffset now, CancellationToken stopping)
    {
        await Session.RemoveOld(db, now, stopping);
        await SharedCounters.RemoveOld(db, now, stopping);
    }
}
