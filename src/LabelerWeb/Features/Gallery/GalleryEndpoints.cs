using Microsoft.AspNetCore.Mvc;
using VoteReview = Labeler.Shared.Voting.Review;

namespace Labeler.Web.Features.Gallery;

/// <summary>What is done with pictures that somebody has chosen.</summary>
public static class GalleryEndpoints
{
    public const string SetAside = "set-aside";
    private const int LongestReason = 500;

    public static IEndpointRouteBuilder MapGallery(this IEndpointRouteBuilder routes)
    {
        routes.MapPosts("/gallery/{slug}", ProjectRoles.Reviewer).MapPost("/chosen", Chosen);
        return routes;
    }

    /// <param name="what"><see cref="SetAside"/>; anything else takes the pictures along.</param>
    /// <param name="back">The page to go back to.</param>
    private static async Task<IResult> Chosen(string slug, [FromForm] string? what, [FromForm] string? reason, [FromForm] string? back,
        HttpContext context, VoteReview review, CancellationToken cancel)
    {
        await using var db = await context.RequestServices.GetRequiredService<IDbContextFactory<LabelerDb>>().CreateDbContextAsync(cancel);
        long[] ids = [.. context.Request.Form["image"].Select(id => long.TryParse(id, out var one) ? one : 0).Distinct()];
        var chosen = await ChosenPictures.Read(db, slug, ids, cancel);
        if (what != SetAside)
        {
            var files = context.RequestServices.GetRequiredService<FileStore>();
            return await Downloads.Zip($"{slug}-chosen.zip", zip => chosen.Zip(db, files, zip, cancel));
        }
        LabelerException.ThrowIf(string.IsNullOrWhiteSpace(reason), "Say why the votes should not count.");
        LabelerException.ThrowIf(reason!.Length > LongestReason, $"A reason has at most {LongestReason} characters.");
        var votes = await review.Quarantine(chosen.Project.Id, await chosen.Votes(db, cancel), reason, cancel);
        return context.Done(votes == 1 ? Texts.Say($"One vote no longer counts; its item is asked again.")
            : Texts.Say($"{votes} votes no longer count; their items are asked again."), LocalAddress.Or(back ?? "", $"/p/{slug}/gallery"));
    }
}
