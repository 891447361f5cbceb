using Microsoft.AspNetCore.Http.HttpResults;

namespace Labeler.Web.Features.Labeling.Api;

/// <summary>A person's own last votes in a project, oldest first: what can be undone.</summary>
public static class RecentVotesEndpoint
{
    public sealed record Recent(Guid Key, ApiItem Item, Verdict Verdict);

    public sealed record Answer(IReadOnlyList<Recent> Votes);

    public static async Task<JsonHttpResult<Answer>> Get(long project, HttpContext context, IDbContextFactory<LabelerDb> contexts)
    {
        var cancel = context.RequestAborted;
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var votes = await OwnVotes.Newest(db, project, context.User.AccountId(), VoteRecorder.UndoDepth, cancel);
        return TypedResults.Json(new Answer([.. votes.AsEnumerable().Reverse()
            .Select(v => new Recent(v.Vote.Key, ApiItem.Of(v.Lease), v.Vote.Verdict!))]), ApiJson.Options);
    }
}
