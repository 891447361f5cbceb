using Microsoft.AspNetCore.Mvc;

namespace Labeler.Web.Features.Labeling.History;

/// <summary>Takes a vote of one's own back, with a reason; the item is then the first that the labeling page shows.</summary>
public static class ReopenPost
{
    public static async Task<IResult> Post(string slug, [FromForm] Guid vote, [FromForm] string reason, HttpContext context,
        VoteRecorder recorder)
    {
        var result = await recorder.Reopen(Guid.NewGuid(), context.User.AccountId(), vote, reason, context.RequestAborted);
        if (result.Outcome == Outcome.Refused)
        {
            throw new LabelerException(result.Reason ?? Texts.Key("It could not be reopened."));
        }
        return LocalAddress.Redirect($"/p/{Uri.EscapeDataString(slug)}/label");
    }
}
