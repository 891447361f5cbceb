using System.Data.Common;
using Labeler.Web.Hosting;

namespace Labeler.Web.Features.Health;

/// <summary>Answers load balancers and watchdogs: 200 when pages can be served and votes kept, 503 when not; under /health/ready also 503
/// while the server is about to end. It tells no more and writes nothing.</summary>
public static class HealthEndpoint
{
    public static IServiceCollection AddHealth(this IServiceCollection services) =>
        services.AddSingleton<StorageWatch>().AddHostedService(provider => provider.GetRequiredService<StorageWatch>());

    public static IEndpointRouteBuilder MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health", Health).AllowAnonymous();
        routes.MapGet("/health/ready", (Draining draining, StorageWatch storage, IDbContextFactory<LabelerDb> contexts,
            CancellationToken cancel) => draining.IsDraining ? Task.FromResult(NotNow("draining")) : Health(storage, contexts, cancel))
            .AllowAnonymous();
        return routes;
    }

    private static async Task<IResult> Health(StorageWatch storage, IDbContextFactory<LabelerDb> contexts, CancellationToken cancel)
    {
        if (!storage.CanWrite)
        {
            return NotNow("the data folder cannot be written");
        }
        try
        {
            await using var db = await contexts.CreateDbContextAsync(cancel);
            await db.Database.ExecuteSqlAsync($"SELECT 1", cancel);
        }
        catch (Exception error) when (error is DbException || error.InnerException is DbException)
        {
            return NotNow("the database cannot be reached");
        }
        return Results.Text("ok");
    }

    private static IResult NotNow(string why) => Results.Text(why, statusCode: StatusCodes.Status503ServiceUnavailable);
}
