namespace Labeler.Web.Features.Dashboard;

public static class DashboardEndpoints
{
    public static IEndpointRouteBuilder MapDashboard(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/dashboard/{slug}/{figure}.csv", Download).RequireAuthorization(Role.Lead);
        return routes;
    }

    private static async Task<IResult> Download(string slug, string figure, LabelerDb db, TimeProvider time)
    {
        if (await db.Projects.AsNoTracking()
            .FirstOrDefaultAsync(project => project.Slug == slug && project.DeletedAt == null) is not { } project)
        {
            return Results.NotFound();
        }
        var table = (await Figures.Read(db, project, time.GetUtcNow())).Tables.FirstOrDefault(table => table.Name == figure);
        return table?.ToDownload($"{slug}-{figure}.csv") ?? Results.NotFound();
    }
}
