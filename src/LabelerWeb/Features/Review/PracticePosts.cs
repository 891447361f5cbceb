using Labeler.Shared.Gold;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;

namespace Labeler.Web.Features.Review;

/// <summary>What a lead does about the practice of a project.</summary>
internal static class PracticePosts
{
    public static void Map(RouteGroupBuilder posts)
    {
        posts.MapPost("/practice", async (long project, [FromForm] int items, [FromForm] int percent, HttpContext context,
            IDbContextFactory<LabelerDb> contexts) =>
        {
            await using var db = await contexts.CreateDbContextAsync();
            var changed = await db.Projects.FirstOrDefaultAsync(p => p.Id == project && p.DeletedAt == null)
                ?? throw new LabelerException("There is no such project.");
            changed.Change(changed.Settings with { PracticeItems = items, PracticePercent = percent });
            await db.SaveChangesAsync();
            return context.Done(
                items == 0 ? Texts.Say($"No practice is asked for.")
                    : Texts.Say($"Saved. Whoever has not passed practices before their votes count."),
                $"/p/{changed.Slug}/review/practice");
        }).RequireAuthorization(Role.Lead);
        posts.MapPost("/practice/gold",
            async (long project, IFormFile file, HttpContext context, IDbContextFactory<LabelerDb> contexts) =>
        {
            await using var content = file.OpenReadStream();
            var count = await GoldImport.Read(contexts, project, file.FileName, content, context.RequestAborted);
            return await Back(context, contexts, project,
                count == 1 ? Texts.Say($"One item is gold by the file.") : Texts.Say($"{count} items are gold by the file."));
        }).RequireAuthorization(Role.Lead);
        posts.MapPost("/practice/{person:guid}/let-in", async (long project, Guid person, HttpContext context, Practice practice,
            UserManager<Account> accounts, IDbContextFactory<LabelerDb> contexts) =>
        {
            await practice.LetIn(project, person, await NameOf(context, accounts));
            return await Back(context, contexts, project, Texts.Say($"Their votes count from now on."));
        });
        posts.MapPost("/practice/{person:guid}/again", async (long project, Guid person, HttpContext context, Practice practice,
            UserManager<Account> accounts, IDbContextFactory<LabelerDb> contexts) =>
        {
            await practice.AskAgain(project, person, await NameOf(context, accounts));
            return await Back(context, contexts, project,
                Texts.Say($"They practice again, with all tries, before further votes of theirs count."));
        });
    }

    private static async Task<string> NameOf(HttpContext context, UserManager<Account> accounts) =>
        (await accounts.GetUserAsync(context.User))!.DisplayName;

    private static async Task<IResult> Back(HttpContext context, IDbContextFactory<LabelerDb> contexts, long project, string done)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var slug = await db.Projects.Where(p => p.Id == project).Select(p => p.Slug).FirstAsync();
        return context.Done(done, $"/p/{slug}/review/practice");
    }
}
