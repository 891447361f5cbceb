using Labeler.Web.Hosting;

namespace Labeler.Web.Features.Health;

/// <summary>For a load balancer or a watchdog: 200 when pages can be served and votes kept, 503 when not. It tells no more.</summary>
public static class HealthEndpoint
{
    public static IEndpointRouteBuilder MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health", (DataFolder data) =>
        {
            try
            {
                data.Try();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return Results.Text("the data folder cannot be written", statusCode: StatusCodes.Status503ServiceUnavailable);
            }
            return Results.Text("ok");
        }).AllowAnonymous();
        return routes;
    }
}
