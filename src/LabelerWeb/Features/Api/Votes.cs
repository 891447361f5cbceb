using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Labeler.Web.Features.Api;

public static class Votes
{
    /// <param name="Key">Made once by whoever sent it.</param>
    /// <param name="TakenBackBy">The vote that stands in its place; null where it stands itself.</param>
    /// <param name="Quarantine">Why a lead has set it aside; null where nobody did.</param>
    public sealed record Vote(long Id, Guid Key, VoteKind Kind, long Epoch, long Item, Guid Annotator, Verdict? Verdict, int DurationMs,
        DateTimeOffset At, bool Surplus, long? TakenBackBy, string? Quarantine);

    public static async Task<Ok<Page<Vote>>> List(
        long project, ClaimsPrincipal user, LabelerDb db, ItemQueue queue, CancellationToken cancel, long? epoch = null,
        Guid? annotator = null, long? after = null, int? limit = null)
    {
        var asked = new PageAsked(after, limit);
        var page = await asked.Of(db.Votes.Where(v => v.ProjectId == project && v.Id > asked.From)
            .Where(v => epoch == null || v.EpochId == epoch).Where(v => annotator == null || v.AnnotatorId == annotator).OrderBy(v => v.Id)
            .Select(v => new Vote(v.Id, v.Key, v.Kind, v.EpochId, v.ItemId, v.AnnotatorId, v.Verdict, v.DurationMs, v.At, v.Surplus,
                v.SupersededById, v.Quarantine)), v => v.Id, cancel);
        // Whoever has read what others said cannot judge blindly any more.
        var items = page.Items.Select(vote => vote.Item).Distinct().ToList();
        var groups = await db.Items.Where(i => items.Contains(i.Id)).Select(i => i.GroupId).Distinct().ToListAsync(cancel);
        await queue.UnblindAbout(user.AccountId(), groups, cancel);
        return TypedResults.Ok(page);
    }
}
