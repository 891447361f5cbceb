using System.Globalization;
using Microsoft.AspNetCore.Mvc;

namespace Labeler.Web.Features.Members;

/// <summary>What leads do with the teams of a project.</summary>
internal static class TeamsOfProject
{
    public static void MapTeamsOfProject(this IEndpointRouteBuilder members)
    {
        members.MapPost("/teams/add", (
            long project, [FromForm] string? team, [FromForm] string? role, HttpContext context, LabelerDb db, TeamEditing editing) =>
            long.TryParse(team, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                ? Admit(project, id, role, context, db, editing) : throw new LabelerException("Choose a team."));
        members.MapPost("/teams/{team:long}/role", async (
            long project, long team, [FromForm] string? role, HttpContext context, LabelerDb db, TeamEditing editing) =>
        {
            LabelerException.ThrowIf(!await db.TeamMembers.AnyAsync(m => m.ProjectId == project && m.TeamId == team),
                "This team is no member; load the page again.");
            return await Admit(project, team, role, context, db, editing);
        });
        members.MapPost("/teams/{team:long}/remove", async (
            long project, long team, HttpContext context, LabelerDb db, TeamEditing editing) =>
        {
            var gone = await editing.Expel(project, team, context.RequestAborted);
            return await context.ToMembers(db, project, Texts.Say($"{gone.Name} is no member any more. The votes of its people stay."));
        });
    }

    private static async Task<IResult> Admit(
        long project, long id, string? role, HttpContext context, LabelerDb db, TeamEditing editing)
    {
        var team = await editing.Admit(project, id, MemberRoles.Of(role), context.User.AccountId(), context.RequestAborted);
        return await context.ToMembers(db, project, Texts.Say($"Everybody in {team.Name} has that role here."));
    }
}
