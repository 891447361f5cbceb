using System.Security.Claims;

namespace Labeler.Web.Features.Dashboard;

public static class DashboardEndpoints
{
    public static IEndpointRouteBuilder MapDashboard(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/dashboard/{slug}/{figure}.csv", Download).RequireAuthorization(ProjectRoles.Reviewer);
        return routes;
    }

    private static async Task<IResult> Download(
        string slug, string figure, string? from, string? until, string? who, string? with, ClaimsPrincipal user, LabelerDb db,
        FinishedEpochs finished, TimeProvider time, CancellationToken cancel)
    {
        if (await db.ProjectAt(slug).FirstOrDefaultAsync() is not { } project)
        {
            return Results.NotFound();
        }
        var view = DashboardView.Of(from, until, who, with);
        var beside = await Beside.Read(db, project, view.With, user.Viewer(), cancel);
        var figures = await Figures.Read(db, finished, project, time, view.Which);
        var table = figures.Tables.Concat(beside?.Tables ?? []).FirstOrDefault(table => table.Name == figure);
        return table?.ToDownload($"{slug}-{figure}.csv") ?? Results.NotFound();
    }
}
