using Labeler.Web.Features.Labeling.Api;
using Labeler.Web.Security.Tokens;

namespace Labeler.Web.Features.Api;

/// <summary>The interface for programs under /api/v1: every address, with the role and the scope of a token that it needs.</summary>
public static class ApiAddresses
{
    public const string Prefix = "/api/v1";

    public static IEndpointRouteBuilder MapApi(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup(Prefix).AddEndpointFilter<ApiFaults>();
        api.MapGet("/me", Me.Get).For(Role.Annotator, TokenScope.Read, "Who the token acts for");
        api.MapGet("/projects", Projects.List).For(Role.Annotator, TokenScope.Read, "Projects of the account");
        var project = api.MapGroup("/projects/{project:long}");
        project.MapGet("", Projects.One).For(Role.Annotator, TokenScope.Read, "A project");
        project.MapGet("/prompts", Projects.Prompts).For(ProjectRoles.Reviewer, TokenScope.Read, "Its prompts");
        project.MapGet("/epochs", Epochs.List).For(ProjectRoles.Reviewer, TokenScope.Read, "Its epochs");
        project.MapGet("/checkpoints", Epochs.Checkpoints).For(ProjectRoles.Reviewer, TokenScope.Read, "Its checkpoints");
        project.MapGet("/jobs", Epochs.Jobs).For(ProjectRoles.Reviewer, TokenScope.Read, "Work of the trainer for it");
        project.MapGet("/votes", Votes.List).For(ProjectRoles.Reviewer, TokenScope.Read, "What was said, as it was said");
        project.MapGet("/figures", Figures.List).For(ProjectRoles.Reviewer, TokenScope.Read, "Its figures, as tables");
        project.MapPost("/queue", Queue.Take).For(Role.Annotator, TokenScope.Label, "Takes items to judge").Untold()
            .Produces<QueueEndpoints.Answer>();
        project.MapPost("/epochs", Epochs.Start).For(Role.Admin, TokenScope.Admin, "Starts the next epoch").Repeatable();
        api.MapPost("/votes", Queue.Vote).For(Role.Annotator, TokenScope.Label, "Votes, and takes votes back").Untold()
            .Accepts<Queue.Said>("application/json").Produces<VotesEndpoint.Answer>();
        api.MapGet("/pictures/{hash}", Pictures.Get).For(Role.Annotator, TokenScope.Read, "A picture");
        var epoch = api.MapGroup("/epochs/{epoch:long}");
        epoch.MapGet("/pictures", Pictures.List).For(ProjectRoles.Reviewer, TokenScope.Read, "Its pictures");
        epoch.MapGet("/plan", Training.Plan).For(ProjectRoles.Reviewer, TokenScope.Read, "What training would learn from now");
        epoch.MapGet("/preferences", Training.Preferences)
            .For(ProjectRoles.Reviewer, TokenScope.Read, "Pairs of a better and a worse picture");
        epoch.MapGet("/votes.jsonl", Exports.Votes).For(Role.Admin, TokenScope.Read, "Every vote, one a line");
        epoch.MapPost("/train", Training.Train).For(Role.Admin, TokenScope.Admin, "Freezes the votes and trains on them").Repeatable();
        epoch.MapPost("/cancel", Training.Cancel).For(Role.Admin, TokenScope.Admin, "Stops it").Repeatable();
        api.MapGet("/checkpoints/{checkpoint:long}/weights", Exports.Weights)
            .For(Role.Admin, TokenScope.Read, "Its weights, as safetensors");
        routes.MapOpenApi($"{Prefix}/openapi.json").For(Role.Annotator, TokenScope.Read, "This description");
        return routes;
    }

    /// <summary>The role is the one in the project that the address is about.</summary>
    private static T For<T>(this T endpoint, string role, TokenScope scope, string summary) where T : IEndpointConventionBuilder
    {
        endpoint.RequireAuthorization(NeededScope.Policy(scope), role);
        var needs = $"Role {role}, token of scope {scope.ToString().ToLowerInvariant()}.";
        endpoint.WithMetadata(new EndpointSummaryAttribute(summary), new EndpointDescriptionAttribute(needs));
        return endpoint;
    }

    private static RouteHandlerBuilder Repeatable(this RouteHandlerBuilder endpoint) =>
        endpoint.WithMetadata(new RepeatedRequests.Repeatable());

    private static RouteHandlerBuilder Untold(this RouteHandlerBuilder endpoint) => endpoint.WithMetadata(new AuditTrail.Untold());
}
