using System.Globalization;
using Microsoft.AspNetCore.Mvc;

namespace Labeler.Web.Features.Tokens;

public static class TokenEndpoints
{
    private const string Page = "/account/tokens";

    public static IEndpointRouteBuilder MapTokens(this IEndpointRouteBuilder routes)
    {
        var tokens = routes.MapPosts(Page, Role.Annotator);
        tokens.MapPost("/new", Make);
        tokens.MapPost("/{id:guid}/revoke", async (Guid id, HttpContext context, LabelerDb db, TimeProvider time) =>
            await AccessToken.Revoke(db, context.User.AccountId(), id, time.GetUtcNow())
                ? context.Done(Texts.Say($"The token is revoked: it opens nothing any more."), Page)
                : throw new LabelerException("There is no such token any more; load the page again."));
        return routes;
    }

    private static async Task<IResult> Make([FromForm] string? name, [FromForm] string? scope, [FromForm] string? days,
        HttpContext context, LabelerDb db, TimeProvider time)
    {
        if (!Enum.TryParse<TokenScope>(scope, out var chosen))
        {
            throw new LabelerException("Choose what the token is for.");
        }
        var viewer = context.User.Viewer();
        var asked = context.Request.Form["project"].Select(id => long.TryParse(id, out var one) ? one : 0).Where(id => id > 0).ToList();
        var theirs = await viewer.Projects(db).Where(p => p.DeletedAt == null && asked.Contains(p.Id)).Select(p => p.Id).ToListAsync();
        // Fewer than asked for, down to none, which would mean all.
        LabelerException.ThrowIf(theirs.Count < asked.Distinct().Count(), "One of these projects is not there any more.");
        var lifetime = int.TryParse(days, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
        var (token, key) = await AccessToken.Make(db, viewer.Account, name ?? "", chosen, theirs, lifetime, time.GetUtcNow());
        await db.SaveChangesAsync();
        return context.Done(Texts.Say($"This is the key of {token.Name}. It is shown only now."), Page, key);
    }
}
