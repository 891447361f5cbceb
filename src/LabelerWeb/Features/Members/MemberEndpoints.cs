using Labeler.Shared.Accounts.Names;
using Microsoft.AspNetCore.Mvc;

namespace Labeler.Web.Features.Members;

public static class MemberEndpoints
{
    public static IEndpointRouteBuilder MapMembers(this IEndpointRouteBuilder routes)
    {
        var members = routes.MapPosts("/members/{project:long}", Role.Lead);
        members.MapPost("/add", Add);
        members.MapPost("/{person:guid}/role", async (
            long project, Guid person, [FromForm] string? role, HttpContext context, LabelerDb db, TimeProvider time) =>
        {
            LabelerException.ThrowIf(
                !await db.Members.AnyAsync(m => m.ProjectId == project && m.AccountId == person),
                Texts.Say($"They are no member; load the page again."));
            await Put(project, person, role, context, db, time);
            return await context.ToMembers(db, project, Texts.Say($"The role is changed."));
        });
        members.MapPost("/{person:guid}/remove", async (long project, Guid person, HttpContext context, LabelerDb db, TimeProvider time) =>
        {
            await Member.Remove(db, project, person, time.GetUtcNow(), context.RequestAborted);
            return await context.ToMembers(db, project, Texts.Say($"They are no member any more. Their votes stay."));
        });
        members.MapPost("/open", async (long project, [FromForm] bool open, HttpContext context, LabelerDb db, TimeProvider time) =>
        {
            var found = await db.Projects.FirstOrDefaultAsync(p => p.Id == project && p.DeletedAt == null)
                ?? throw new LabelerException("There is no such project.");
            await Membership.Open(db, found, open, context.User.Viewer(), time.GetUtcNow());
            await db.SaveChangesAsync();
            return await context.ToMembers(db, project, open
                ? Texts.Say($"Everybody with an account takes part.") : Texts.Say($"Only members take part now."));
        });
        members.MapTeamsOfProject();
        members.MapAssignments();
        return routes;
    }

    /// <summary>To the project's members, unless whoever did it gave up their own role there and has nothing to see any more.</summary>
    internal static async Task<IResult> ToMembers(
        this HttpContext context, LabelerDb db, long project, string done, Guid? person = null)
    {
        var role = await Access.In(db, db.Projects.Where(p => p.Id == project), context.User.Viewer(), context.RequestAborted);
        var slug = await db.Projects.Where(p => p.Id == project).Select(p => p.Slug).FirstAsync();
        var about = person is { } who ? $"?who={who}" : "";
        return context.Done(done, role >= ProjectRole.Lead ? $"/p/{slug}/members{about}" : "/");
    }

    private static async Task<IResult> Add(
        long project, [FromForm] string? who, [FromForm] string? role, HttpContext context, LabelerDb db, TimeProvider time)
    {
        var found = await NamedAccount.Find(db, who, context.RequestAborted);
        await Put(project, found.Id, role, context, db, time);
        return await context.ToMembers(db, project, Texts.Say($"{found.DisplayName} is a member."));
    }

    private static async Task Put(long project, Guid person, string? role, HttpContext context, LabelerDb db, TimeProvider time)
    {
        await Member.Put(db, project, person, MemberRoles.Of(role), context.User.AccountId(), time.GetUtcNow(), context.RequestAborted);
        await db.SaveChangesAsync();
    }
}
