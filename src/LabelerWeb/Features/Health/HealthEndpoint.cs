using System.Data.Common;
using Labeler.Web.Hosting;

namespace Labeler.Web.Features.Health;

/// <summary>Answers load balancers and watchdogs: 200 when pages can be served and votes kept, 503 when not. It tells no more.</summary>
public static class HealthEndpoint
{
    public static IEndpointRouteBuilder MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health", async (DataFolder data, IDbContextFactory<LabelerDb> contexts, CancellationToken cancel) =>
        {
            try
            {
                data.Probe();
                await using var db = await contexts.CreateDbContextAsync(cancel);
                await db.Database.ExecuteSqlAsync($"SELECT 1", cancel);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return NotNow("the data folder cannot be written");
            }
            catch (DbException)
            {
                return NotNow("the database cannot be reached");
            }
            return Results.Text("ok");
        }).AllowAnonymous();
        return routes;
    }

    private static IResult NotNow(string why) => Results.Text(why, statusCode: StatusCodes.Status503ServiceUnavailable);
}
