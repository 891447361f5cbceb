using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using VoteReview = Labeler.Shared.Voting.Review;

namespace Labeler.Web.Features.Review;

public static class ReviewEndpoints
{
    private const int LongestReason = 500;

    public static IEndpointRouteBuilder MapReview(this IEndpointRouteBuilder routes)
    {
        var posts = routes.MapPosts("/review/{project:long}", ProjectRoles.Reviewer);
        posts.MapPost("/votes/{vote:long}/quarantine", async (long project, long vote, [FromForm] string reason, [FromForm] string back,
            HttpContext context, VoteReview review) =>
            Back(context, back, Done(
                await review.Quarantine(project, [vote], Checked(reason)),
                Texts.Say($"The vote no longer counts; its item is asked again."))));
        posts.MapPost("/votes/{vote:long}/release",
            async (long project, long vote, [FromForm] string back, HttpContext context, VoteReview review) =>
            Back(context, back, Done(await review.Release(project, [vote]), Texts.Say($"The vote counts again."))));
        posts.MapPost("/votes/{vote:long}/gold",
            async (long project, long vote, [FromForm] string back, [FromForm] string? note, HttpContext context, VoteReview review) =>
        {
            await review.MakeGold(project, vote, note);
            return Back(context, back,
                Texts.Say($"The item is gold now: everybody is asked about it once, and compared with this answer."));
        });
        posts.MapPost("/items/{item:long}/no-gold",
            async (long project, long item, [FromForm] string back, HttpContext context, VoteReview review) =>
        {
            await review.ForgetGold(project, item);
            return Back(context, back, Texts.Say($"Nobody is asked about it or measured by it any more."));
        });
        posts.MapPost("/votes/{vote:long}/decide", async (long project, long vote, [FromForm] string back, HttpContext context,
            VoteReview review, UserManager<Account> accounts) =>
        {
            var asked = await review.Decide(project, vote, (await accounts.GetUserAsync(context.User))!.DisplayName);
            return Back(context, back,
                asked == 1 ? Texts.Say($"That vote decides; the other is set aside.")
                    : Texts.Say($"That vote decides; {asked} others are set aside."));
        });
        posts.MapPost("/people/{person:guid}/quarantine", async (
            long project, Guid person, [FromForm] int hours, [FromForm] string reason, [FromForm] string back, HttpContext context,
            VoteReview review, TimeProvider time) =>
        {
            var votes = await review.QuarantineAll(project, person, time.GetUtcNow() - TimeSpan.FromHours(Math.Clamp(hours, 1, 24 * 3650)),
                Checked(reason));
            return Back(context, back,
                votes == 1 ? Texts.Say($"One vote no longer counts.")
                    : Texts.Say($"{votes} votes no longer count; their items are asked again."));
        });
        PracticePosts.Map(posts);
        return routes;
    }

    private static string Checked(string reason) =>
        reason.Length <= LongestReason ? reason : throw new LabelerException($"A reason has at most {LongestReason} characters.");

    private static string Done(int votes, string done) =>
        votes > 0 ? done : throw new LabelerException("There is no such vote any more; load the page again.");

    private static IResult Back(HttpContext context, string back, string done) => context.Done(done, LocalAddress.Or(back, "/projects"));
}
