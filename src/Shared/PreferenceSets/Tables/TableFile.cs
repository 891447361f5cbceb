using Parquet;
using Parquet.Schema;

namespace Labeler.Shared.PreferenceSets.Tables;

/// <summary>Rows gathered into one row group of a Parquet file after the other, of which only one is in memory.</summary>
internal static class TableFile
{
    private const int MostRows = 10_000;
    private const long MostBytes = 32L << 20;

    /// <param name="weight">Roughly the bytes of a row.</param>
    /// <returns>How many rows there were.</returns>
    public static async Task<long> Write<T>(
        Stream output, IReadOnlyList<TableColumn<T>> columns, IAsyncEnumerable<T> rows, Func<T, long> weight, CancellationToken cancel)
    {
        var schema = new ParquetSchema(columns.Select(column => column.Field));
        await using var file = await ParquetWriter.CreateAsync(
            schema, output, new ParquetOptions { CompressionMethod = CompressionMethod.Snappy }, cancellationToken: cancel);
        var (waiting, bytes, written) = (new List<T>(), 0L, 0L);
        async Task Flush()
        {
            using (var group = file.CreateRowGroup())
            {
                for (var at = 0; at < columns.Count; at++)
                {
                    await columns[at].Write(group, schema.DataFields[at], waiting);
                }
                group.CompleteValidate();
            }
            written += waiting.Count;
            waiting.Clear();
            bytes = 0;
        }
        await foreach (var row in rows.WithCancellation(cancel))
        {
            waiting.Add(row);
            bytes += weight(row);
            if (waiting.Count == MostRows || bytes >= MostBytes)
            {
                await Flush();
            }
        }
        // A file without a row still has its columns.
        if (waiting.Count > 0 || written == 0)
        {
            await Flush();
        }
        return written;
    }
}
