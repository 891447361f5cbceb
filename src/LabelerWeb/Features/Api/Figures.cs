using Microsoft.AspNetCore.Http.HttpResults;

namespace Labeler.Web.Features.Api;

public static class Figures
{
    /// <param name="Rows">Cells in the order of the headers; shares are between 0 and 1.</param>
    public sealed record Table(string Name, string Title, IReadOnlyList<string> Headers, IReadOnlyList<IReadOnlyList<object?>> Rows);

    public static async Task<Results<Ok<IReadOnlyList<Table>>, NotFound>> List(
        long project, LabelerDb db, FinishedEpochs finished, TimeProvider time, CancellationToken cancel)
    {
        if (await db.Projects.AsNoTracking().FirstOrDefaultAsync(p => p.Id == project && p.DeletedAt == null, cancel) is not { } found)
        {
            return TypedResults.NotFound();
        }
        var figures = await Dashboard.Figures.Read(db, finished, found, time);
        return TypedResults.Ok<IReadOnlyList<Table>>([.. figures.Tables.Select(table =>
            new Table(table.Name, table.Title, table.Headers, [.. table.Rows.Select(Cells)]))]);
    }

    private static IReadOnlyList<object?> Cells(object?[] row) => [.. row.Select(Cell)];

    // JSON has no number for what cannot be told.
    private static object? Cell(object? cell) => cell switch
    {
        Percent share => double.IsFinite(share.Share) ? share.Share : null,
        double number => double.IsFinite(number) ? number : null,
        _ => cell,
    };
}
