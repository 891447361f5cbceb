using System.Runtime.CompilerServices;
using Labeler.Shared.Photos;

namespace Labeler.Shared.PreferenceSets.Reading;

/// <summary>All files of a set, one after the other.</summary>
internal sealed class SetSource : IAsyncDisposable
{
    private readonly List<ISetReader> _files = [];

    private SetSource()
    {
    }

    /// <summary>How many rows there are; null where only reading tells.</summary>
    public long? Rows => _files.Aggregate((long?)0, (sum, file) => sum + file.Rows);

    /// <param name="path">A file, or a folder with Parquet files or a list.</param>
    /// <param name="name">Of the file, for people.</param>
    /// <exception cref="LabelerException">There is nothing to read there.</exception>
    public static async Task<SetSource> Open(string path, string name, ImportLimits limits, CancellationToken cancel)
    {
        var source = new SetSource();
        try
        {
            if (File.Exists(path))
            {
                source._files.Add(await OfFile(path, name, limits, cancel));
                return source;
            }
            LabelerException.ThrowIf(!Directory.Exists(path), $"There is no {path}.");
            foreach (var file in Directory.EnumerateFiles(path, "*.parquet", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            {
                source._files.Add(await ParquetSet.Open(Path.GetRelativePath(path, file), file, cancel));
            }
            if (source._files.Count == 0)
            {
                source._files.Add(Listed(PhotoFiles.OfFolder(path, limits), name, limits));
            }
            return source;
        }
        catch
        {
            await source.DisposeAsync();
            throw;
        }
    }

    private static async Task<ISetReader> OfFile(string path, string name, ImportLimits limits, CancellationToken cancel) =>
        Path.GetExtension(name).ToLowerInvariant() switch
        {
            ".zip" => Listed(PhotoFiles.OfZip(path, limits), name, limits),
            ".jsonl" => ListSet.OfFile(name, path, limits),
            _ => await ParquetSet.Open(name, path, cancel),
        };

    private static ListSet Listed(PhotoFiles files, string name, ImportLimits limits)
    {
        if (ListSet.Among(files, limits) is { } list)
        {
            return list;
        }
        files.Dispose();
        throw new LabelerException(
            $"{name} holds no preference set: no Parquet file is in it, and no list such as metadata.jsonl, preferences.csv, tasks.json or "
                + "records.json.");
    }

    public async IAsyncEnumerable<SetRow> Read(long skip, [EnumeratorCancellation] CancellationToken cancel)
    {
        foreach (var file in _files)
        {
            if (file.Rows is { } rows && rows <= skip)
            {
                skip -= rows;
                continue;
            }
            await foreach (var row in file.Read(skip, cancel))
            {
                yield return row;
            }
            skip = Math.Max(0, skip - (file.Rows ?? skip));
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var file in _files)
        {
            await file.DisposeAsync();
        }
    }
}
