using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;

namespace Labeler.Web.Features.Places;

/// <summary>What js/palette.js asks as somebody types.</summary>
public static class PlacesEndpoint
{
    private const string RateLimit = "places";

    // Faster than anybody types, so that only a program meets it.
    private const int PerSecond = 20;

    public sealed record Answer(IReadOnlyList<Place> Places);

    public static IServiceCollection AddPlaces(this IServiceCollection services) => services.AddSingleton<PlaceSearch>()
        .Configure<RateLimiterOptions>(limiter => limiter.AddPolicy(RateLimit, context => RateLimitPartition.GetTokenBucketLimiter(
            context.User.AccountId(), _ => new() { TokenLimit = 10 * PerSecond, TokensPerPeriod = PerSecond, ReplenishmentPeriod = TimeSpan.FromSeconds(1) })));

    public static IEndpointRouteBuilder MapPlaces(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/places", async (string? q, PlaceSearch search, HttpContext context) =>
        {
            context.Response.Headers.CacheControl = "no-store";
            return q?.Length > Typed.Longest
                ? Results.Problem($"At most {Typed.Longest} characters.", statusCode: StatusCodes.Status400BadRequest)
                : Results.Json(new Answer(await search.Find(context.User, q ?? "", context.RequestAborted)));
        }).RequireAuthorization(Role.Annotator).RequireRateLimiting(RateLimit);
        return routes;
    }
}
