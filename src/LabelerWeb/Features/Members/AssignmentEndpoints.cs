using System.Globalization;
using Microsoft.AspNetCore.Mvc;

namespace Labeler.Web.Features.Members;

/// <summary>How many votes people give, and of which prompts.</summary>
internal static class AssignmentEndpoints
{
    public static void MapAssignments(this IEndpointRouteBuilder members)
    {
        members.MapPost("/quota", async (
            long project, [FromForm] string? day, [FromForm] string? total, HttpContext context, LabelerDb db) =>
        {
            var found = await db.Projects.FirstOrDefaultAsync(p => p.Id == project && p.DeletedAt == null, context.RequestAborted)
                ?? throw new LabelerException("There is no such project.");
            found.Ask(new(Votes(day), Votes(total)));
            await db.SaveChangesAsync(context.RequestAborted);
            return await context.ToMembers(db, project, Texts.Say($"The quota is set. What people hold already still counts."));
        });
        members.MapPost("/{person:guid}/quota", async (
            long project, Guid person, [FromForm] string? of, [FromForm] string? day, [FromForm] string? total, HttpContext context,
            LabelerDb db) =>
        {
            LabelerException.ThrowIf(of is not ("own" or "all"), "Choose whose quota it is.");
            await Assignment.Ask(db, project, person, of == "own" ? new(Votes(day), Votes(total)) : null, context.RequestAborted);
            await db.SaveChangesAsync(context.RequestAborted);
            return await context.ToMembers(db, project, Texts.Say($"The quota is set. What people hold already still counts."), person);
        });
        members.MapPost("/{person:guid}/prompts", async (
            long project, Guid person, [FromForm] string? prompts, HttpContext context, LabelerDb db, TimeProvider time) =>
        {
            await Assignment.Choose(
                db, project, person, (prompts ?? "").Split('\n'), time.GetUtcNow(), context.RequestAborted);
            await db.SaveChangesAsync(context.RequestAborted);
            var count = await Assignment.Prompts(db, project, person).CountAsync(context.RequestAborted);
            return await context.ToMembers(db, project, count == 0 ? Texts.Say($"They label all prompts.")
                : Texts.Say($"They label {count} prompts and no others."), person);
        });
    }

    private static int? Votes(string? typed) => string.IsNullOrWhiteSpace(typed) ? null
        : int.TryParse(typed.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var votes) ? votes
        : throw new LabelerException("A quota is a number of votes; leave it empty for any number.");
}
