using Labeler.Shared.Accounts.Names;
using Microsoft.AspNetCore.Mvc;

namespace Labeler.Web.Features.Teams;

/// <summary>What admins do with teams.</summary>
public static class TeamEndpoints
{
    public static IEndpointRouteBuilder MapTeams(this IEndpointRouteBuilder routes)
    {
        var teams = routes.MapPosts("/people/teams", Role.Admin);
        teams.MapPost("/new", async ([FromForm] string? name, HttpContext context, TeamEditing editing) =>
        {
            var team = await editing.Make(name ?? "", context.RequestAborted);
            return Back(context, Texts.Say($"The team {team.Name} is made. Who is in it?"), team.Id);
        });
        teams.MapPost("/{team:long}/rename", async (
            long team, [FromForm] string? was, [FromForm] string? name, HttpContext context, TeamEditing editing) =>
        {
            var renamed = await editing.Rename(team, was ?? "", name ?? "", context.RequestAborted);
            return Back(context, Texts.Say($"The team is called {renamed.Name}."), team);
        });
        teams.MapPost("/{team:long}/delete", async (long team, HttpContext context, TeamEditing editing) =>
        {
            var deleted = await editing.Delete(team, context.RequestAborted);
            return context.Done(Texts.Say($"The team {deleted.Name} is deleted, and nobody is a member by it any more."), "/people");
        });
        teams.MapPost("/{team:long}/add", async (
            long team, [FromForm] string? who, HttpContext context, LabelerDb db, TeamEditing editing) =>
        {
            var person = await NamedAccount.Find(db, who, context.RequestAborted);
            await editing.Add(team, person.Id, context.User.AccountId(), context.RequestAborted);
            return Back(context, Texts.Say($"{person.DisplayName} is in the team."), team);
        });
        teams.MapPost("/{team:long}/{person:guid}/remove", async (long team, Guid person, HttpContext context, TeamEditing editing) =>
        {
            await editing.Remove(team, person, context.RequestAborted);
            return Back(context, Texts.Say($"They are in the team no more. Their votes stay."), team);
        });
        return routes;
    }

    private static IResult Back(HttpContext context, string done, long team) => context.Done(done, $"/people/teams/{team}");
}
