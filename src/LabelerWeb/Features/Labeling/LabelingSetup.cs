using System.Threading.RateLimiting;
using Labeler.Web.Features.Labeling.Api;
using Labeler.Web.Features.Labeling.History;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace Labeler.Web.Features.Labeling;

/// <summary>The labeling page's interface for programs and its limits.</summary>
public static class LabelingSetup
{
    private const string RateLimit = "labeling";

    public static IServiceCollection AddLabeling(this IServiceCollection services)
    {
        services.AddOptions<LabelingOptions>().BindConfiguration(LabelingOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<LabelingStatus>();
        services.Configure<RateLimiterOptions>(limiter => limiter.AddPolicy(RateLimit, PerAccount));
        return services;
    }

    public static IEndpointRouteBuilder MapLabeling(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api").RequireAuthorization(Role.Annotator).RequireRateLimiting(RateLimit)
            .AddEndpointFilter<ApiProblems>().WithMetadata(new AuditTrail.Untold());
        api.MapGet("/session", SessionEndpoint.Get);
        api.MapGet("/projects/{project:long}/queue", QueueEndpoints.Take);
        api.MapPost("/projects/{project:long}/leases", QueueEndpoints.Extend);
        api.MapGet("/projects/{project:long}/votes/recent", RecentVotesEndpoint.Get);
        api.MapPost("/projects/{project:long}/practice", PracticeEndpoints.Answer);
        api.MapPost("/projects/{project:long}/practice/again", PracticeEndpoints.Again);
        api.MapPost("/votes", VotesEndpoint.Post);
        routes.MapPosts("/label", Role.Annotator).MapPost("/{slug}/reopen", ReopenPost.Post);
        return routes;
    }

    private static RateLimitPartition<Guid> PerAccount(HttpContext context)
    {
        var perSecond = context.RequestServices.GetRequiredService<IOptions<LabelingOptions>>().Value.RequestsPerSecond;
        return RateLimitPartition.GetTokenBucketLimiter(context.User.AccountId(), _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = 10 * perSecond,
            TokensPerPeriod = perSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
        });
    }
}
