using System.Runtime.CompilerServices;
using Parquet;

namespace Labeler.Shared.PreferenceSets.Reading;

/// <summary>A Parquet file, one row group in memory at a time.</summary>
internal sealed class ParquetSet : ISetReader
{
    /// <summary>Bytes of one row group, unpacked: all of it is in memory at once.</summary>
    public const long MostOfGroup = 1L << 30;

    private const long MostRows = 1_000_000;

    private readonly string _name;
    private readonly ParquetReader _file;
    private readonly ParquetColumns _columns;

    private ParquetSet(string name, ParquetReader file, ParquetColumns columns) => (_name, _file, _columns) = (name, file, columns);

    public long? Rows => _file.Metadata!.NumRows;

    /// <param name="name">For people.</param>
    /// <exception cref="LabelerException">It is no Parquet file, or has other columns.</exception>
    public static async Task<ParquetSet> Open(string name, string path, CancellationToken cancel)
    {
        var file = await Guarded(name, () => ParquetReader.CreateAsync(path, cancellationToken: cancel));
        try
        {
            return new(name, file, new(name, await Guarded(name, () => Task.FromResult(file.Schema))));
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    public async IAsyncEnumerable<SetRow> Read(long skip, [EnumeratorCancellation] CancellationToken cancel)
    {
        var before = 0L;
        for (var group = 0; group < _file.RowGroupCount; group++)
        {
            using var rows = await Guarded(_name, () => Task.FromResult(_file.OpenRowGroupReader(group)));
            if (before + rows.RowCount > skip)
            {
                LabelerException.ThrowIf(
                    rows.RowGroup.TotalByteSize > MostOfGroup || rows.RowCount > MostRows,
                    $"Row group {group + 1} of {_name} has {rows.RowCount:N0} rows of {rows.RowGroup.TotalByteSize >> 20:N0} MiB; write "
                        + $"the file anew with row groups of at most {MostOfGroup >> 20:N0} MiB.");
                var read = await Guarded(_name, () => _columns.Read(rows, cancel));
                for (var at = (int)Math.Max(0, skip - before); at < read.Prompts.Length; at++)
                {
                    var row = Row($"{_name}, row {before + at + 1}", read.Prompts[at], read.First[at], read.Second[at], read.Labels[at]);
                    yield return row with { Backing = new(read.Weights[at], read.Votes[at]) };
                    (read.First[at], read.Second[at]) = (null, null);
                }
            }
            before += rows.RowCount;
        }
    }

    public ValueTask DisposeAsync() => _file.DisposeAsync();

    private SetRow Row(string name, string? prompt, byte[]? first, byte[]? second, double? label) => (prompt, first, second) switch
    {
        (null, _, _) => SetRow.Faulty(name, "it has no prompt"),
        (_, null, _) => SetRow.Faulty(name, $"{_columns.FirstName} is empty: the pictures themselves are needed, not their addresses"),
        (_, _, null) => SetRow.Faulty(name, $"{_columns.SecondName} is empty: the pictures themselves are needed, not their addresses"),
        _ => new(name, prompt, new(_columns.FirstName, first), new(_columns.SecondName, second), label),
    };

    // A damaged file fails anywhere in the library, in any way; a size that is none asks for more memory than there is.
    private static async Task<T> Guarded<T>(string name, Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (Exception error) when (error is not (LabelerException or OperationCanceledException))
        {
            throw new LabelerException($"{name} cannot be read: it is truncated, damaged or no Parquet file ({error.Message}).", error);
        }
    }
}
