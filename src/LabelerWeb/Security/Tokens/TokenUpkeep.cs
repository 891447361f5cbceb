namespace Labeler.Web.Security.Tokens;

/// <summary>When tokens were last used; answers that were kept for requests which come again are removed.</summary>
internal sealed class TokenUpkeep(IDbContextFactory<LabelerDb> contexts, TimeProvider time, ILogger<TokenUpkeep> log)
    : SeenUpkeep(contexts, time, log)
{
    protected override Task See(LabelerDb db, Guid[] seen, DateTimeOffset now, CancellationToken stopping) =>
        AccessToken.See(db, seen, now, stopping);

    protected override Task RemoveOld(LabelerDb db, DateTimeOffset now, CancellationToken stopping)
    {
        var old = now - AnsweredRequest.Kept;
        return db.AnsweredRequests.Where(answered => answered.At < old).ExecuteDeleteAsync(stopping);
    }
}
