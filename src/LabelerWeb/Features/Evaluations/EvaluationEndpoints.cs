namespace Labeler.Web.Features.Evaluations;

public static class EvaluationEndpoints
{
    public static IEndpointRouteBuilder MapEvaluations(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/compare/evaluations/{slug}/{figure}.csv", async (string slug, string figure, HttpContext context, LabelerDb db) =>
            (await EvaluationFigures.Read(db, slug, context.RequestAborted))?.Tables
                .FirstOrDefault(table => table.Name == figure)?.ToDownload($"{slug}-{figure}.csv") ?? Results.NotFound())
            .RequireAuthorization(Role.Lead);
        routes.MapGet("/compare/leaderboard.csv", async (string? project, HttpContext context, LabelerDb db) =>
            await LeaderboardTable.Projects(db, context.User.Viewer())
                .FirstOrDefaultAsync(p => p.Slug == project, context.RequestAborted) is { } found
                ? LeaderboardTable.Of(await ProjectLeaderboard.Read(db, found, context.RequestAborted), found)
                    .ToDownload($"{found.Slug}-leaderboard.csv") : Results.NotFound()).RequireAuthorization(Role.Lead);
        var posts = routes.MapPosts("/compare/evaluations/{slug}", Role.Lead);
        posts.MapPost("/stop", async (string slug, HttpContext context, LabelerDb db, EpochCycle cycle) =>
        {
            await cycle.Cancel((await Find(db, slug)).Epoch.Id);
            return context.Done(Texts.Say($"Stopped."), $"/compare/evaluations/{slug}");
        });
        posts.MapPost("/retry", async (string slug, HttpContext context, LabelerDb db, EpochCycle cycle) =>
        {
            await cycle.Retry((await Find(db, slug)).Epoch.Id);
            return context.Done(Texts.Say($"It goes on where it stopped."), $"/compare/evaluations/{slug}");
        });
        posts.MapPost("/delete", async (string slug, HttpContext context, LabelerDb db, EpochCycle cycle, TimeProvider time) =>
        {
            var line = await Find(db, slug);
            if (line.Epoch.State == EpochState.Sampling)
            {
                await cycle.Cancel(line.Epoch.Id);
            }
            var project = await db.Projects.FirstAsync(p => p.Id == line.Project.Id);
            project.Delete(time.GetUtcNow());
            await db.SaveChangesAsync();
            return context.Done(Texts.Say($"{project.Name} is deleted."), "/compare/evaluations");
        });
        return routes;
    }

    private static async Task<EvaluationLine> Find(LabelerDb db, string slug) =>
        await EvaluationLine.Find(db, slug) ?? throw new LabelerException("There is no such evaluation; load the page again.");
}
