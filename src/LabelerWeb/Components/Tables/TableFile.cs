using System.Text;
using Labeler.Shared.Exports;

namespace Labeler.Web.Components.Tables;

/// <summary>A table as CSV.</summary>
public static class TableFile
{
    private const int AtATime = 500;

    /// <param name="cells">A row's, in the order of <paramref name="headers"/>.</param>
    /// <param name="rows">In the order of the file.</param>
    /// <param name="beforeShown">Hears of each row before it is written.</param>
    /// <returns>The file from its beginning.</returns>
    public static async Task<MemoryStream> Write<T>(
        string[] headers, Func<T, object?[]> cells, IAsyncEnumerable<T> rows, Func<IReadOnlyList<T>, CancellationToken, Task> beforeShown)
    {
        var file = new MemoryStream();
        await using (var writer = new StreamWriter(file, new UTF8Encoding(true), leaveOpen: true))
        {
            await Csv.Write(writer, headers, Told(rows, beforeShown).Select(cells));
        }
        file.Position = 0;
        return file;
    }

    private static async IAsyncEnumerable<T> Told<T>(IAsyncEnumerable<T> rows, Func<IReadOnlyList<T>, CancellationToken, Task> beforeShown)
    {
        await foreach (var some in rows.Chunk(AtATime))
        {
            await beforeShown(some, CancellationToken.None);
            foreach (var row in some)
            {
                yield return row;
            }
        }
    }
}
