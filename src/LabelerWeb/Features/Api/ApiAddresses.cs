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
        api.MapGet("/me", Me.Get).For(Role.Annotator, TokenScope.Read, "GetMe", "Who the token acts for");
        api.MapGet("/projects", Projects.List).For(Role.Annotator, TokenScope.Read, "ListProjects", "Projects of the account");
        var project = api.MapGroup("/projects/{project:long}");
        project.MapGet("", Projects.One).For(Role.Annotator, TokenScope.Read, "GetProject", "A project");
        project.MapGet("/prompts", Projects.Prompts).For(ProjectRoles.Reviewer, TokenScope.Read, "ListPrompts", "Its prompts");
        project.MapGet("/epochs", Epochs.List).For(ProjectRoles.Reviewer, TokenScope.Read, "ListEpochs", "Its epochs");
        project.MapGet("/checkpoints", Epochs.Checkpoints)
            .For(ProjectRoles.Reviewer, TokenScope.Read, "ListCheckpoints", "Its checkpoints");
        project.MapGet("/jobs", Epochs.Jobs).For(ProjectRoles.Reviewer, TokenScope.Read, "ListJobs", "Work of the trainer for it");
        project.MapGet("/votes", Votes.List).For(ProjectRoles.Reviewer, TokenScope.Read, "ListVotes", "What was said, as it was said");
        project.MapGet("/figures", Figures.List).For(ProjectRoles.Reviewer, TokenScope.Read, "ListFigures", "Its figures, as tables");
        project.MapPost("/queue", Queue.Take).For(Role.Annotator, TokenScope.Label, "TakeItems", "Takes items to judge").Untold()
            .Produces<QueueEndpoints.Answer>();
        project.MapPost("/practice", PracticeEndpoints.Answer)
            .For(Role.Annotator, TokenScope.Label, "AnswerPractice", "Answers an item of the practice").Untold()
            .Accepts<PracticeEndpoints.Said>("application/json").Produces<PracticeEndpoints.Feedback>();
        project.MapPost("/epochs", Epochs.Start).For(Role.Admin, TokenScope.Admin, "StartEpoch", "Starts the next epoch").Repeatable();
        api.MapPost("/votes", Queue.Vote).For(Role.Annotator, TokenScope.Label, "Vote", "Votes, and takes votes back").Untold()
            .Accepts<Queue.Said>("application/json").Produces<VotesEndpoint.Answer>();
        api.MapGet("/pictures/{hash}", Pictures.Get).For(Role.Annotator, TokenScope.Read, "GetPicture", "A picture")
            .Produces<Stream>(StatusCodes.Status200OK, "image/webp");
        var epoch = api.MapGroup("/epochs/{epoch:long}");
        epoch.MapGet("/pictures", Pictures.List).For(ProjectRoles.Reviewer, TokenScope.Read, "ListPictures", "Its pictures");
        epoch.MapGet("/plan", Training.Plan).For(ProjectRoles.Reviewer, TokenScope.Read, "GetPlan", "What training would learn from now");
        epoch.MapGet("/preferences", Training.Preferences)
            .For(ProjectRoles.Reviewer, TokenScope.Read, "ListPreferences", "Pairs of a better and a worse picture");
        epoch.MapGet("/votes.jsonl", Exports.Votes).For(Role.Admin, TokenScope.Read, "ExportVotes", "Every vote, one a line")
            .Produces<Stream>(StatusCodes.Status200OK, "application/jsonl");
        epoch.MapPost("/train", Training.Train)
            .For(Role.Admin, TokenScope.Admin, "Train", "Freezes the votes and trains on them").Repeatable();
        epoch.MapPost("/cancel", Training.Cancel).For(Role.Admin, TokenScope.Admin, "CancelEpoch", "Stops it").Repeatable();
        api.MapGet("/checkpoints/{checkpoint:long}/weights", Exports.Weights)
            .For(Role.Admin, TokenScope.Read, "GetWeights", "Its weights, as safetensors")
            .Produces<Stream>(StatusCodes.Status200OK, "application/octet-stream");
        routes.MapOpenApi($"{Prefix}/openapi.json").For(Role.Annotator, TokenScope.Read, "GetDescription", "This description");
        return routes;
    }

    /// <summary>The role is the one in the project that the address is about.</summary>
    /// <param name="operation">What clients made from the description call it.</param>
    private static T For<T>(this T endpoint, string role, TokenScope scope, string operation, string summary)
        where T : IEndpointConventionBuilder
    {
        endpoint.WithName(operation).RequireAuthorization(NeededScope.Policy(scope), role);
        var needs = $"Role {role}, token of scope {scope.ToString().ToLowerInvariant()}.";
        endpoint.WithMetadata(new EndpointSummaryAttribute(summary), new EndpointDescriptionAttribute(needs));
        return endpoint;
    }

    private static RouteHandlerBuilder Repeatable(this RouteHandlerBuilder endpoint) =>
        endpoint.WithMetadata(new RepeatedRequests.Repeatable());

    private static RouteHandlerBuilder Untold(this RouteHandlerBuilder endpoint) => endpoint.WithMetadata(new AuditTrail.Untold());
}
