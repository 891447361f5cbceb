using System.Security.Claims;
using Labeler.Web.Features.Images;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Labeler.Web.Features.Api;

public static class Pictures
{
    /// <param name="Hash">SHA-256 of its file; its pixels are at <c>/api/v1/pictures/HASH</c>.</param>
    public sealed record Picture(long Id, long Group, int Index, string Prompt, string Hash, int Width, int Height, long Seed);

    public static async Task<Ok<Page<Picture>>> List(
        long epoch, ClaimsPrincipal user, LabelerDb db, ItemQueue queue, CancellationToken cancel, long? after = null, int? limit = null)
    {
        var asked = new PageAsked(after, limit);
        var page = await asked.Of(
            from image in db.Images
            join sampled in db.Groups on image.GroupId equals sampled.Id
            where sampled.EpochId == epoch && image.Id > asked.From
            orderby image.Id
            select new Picture(image.Id, sampled.Id, image.Index, sampled.Prompt, image.ContentHash, image.Width, image.Height, image.Seed),
            picture => picture.Id, cancel);
        // Whoever knows which epoch made a picture cannot compare it blindly any more.
        await queue.UnblindAbout(user.AccountId(), [.. page.Items.Select(picture => picture.Group).Distinct()], cancel);
        return TypedResults.Ok(page);
    }

    public static Task<IResult> Get(string hash, Thumbnails thumbnails, HttpContext context) =>
        ContentHash.IsHash(hash) ? ImageEndpoints.Send(() => thumbnails.Whole(hash, context.RequestAborted), context)
            : Task.FromResult(Results.NotFound());
}
