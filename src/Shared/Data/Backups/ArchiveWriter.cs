using System.Formats.Tar;
using System.Text.Json;

namespace Labeler.Shared.Data.Backups;

/// <summary>Writes a tar file beside its place and brings it there when it is whole.</summary>
internal sealed class ArchiveWriter : IAsyncDisposable
{
    private readonly string _path;
    private readonly string _unfinished;
    private readonly FileStream _file;
    private readonly TarWriter _tar;

    /// <exception cref="LabelerException">There is a file already, or it cannot be written there.</exception>
    public ArchiveWriter(string path)
    {
        _path = Path.GetFullPath(path);
        LabelerException.ThrowIf(File.Exists(_path) || Directory.Exists(_path), $"{_path} is there already: name a new file.");
        LabelerException.ThrowIf(!Directory.Exists(Path.GetDirectoryName(_path)), $"There is no folder {Path.GetDirectoryName(_path)}.");
        _unfinished = _path + ".part";
        _file = new(_unfinished, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 17, FileOptions.Asynchronous);
        _tar = new(_file, TarEntryFormat.Pax, leaveOpen: true);
    }

    public async Task AddJson<T>(string name, T value, CancellationToken cancel) => await _tar.WriteEntryAsync(
        new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(value)) },
            cancel);

    public async Task AddFile(string name, string path, CancellationToken cancel)
    {
        await using var content = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 17,
            FileOptions.Asynchronous | FileOptions.SequentialScan);
        await Add(name, content, cancel);
    }

    public async Task Add(string name, Stream content, CancellationToken cancel) =>
        await _tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = content }, cancel);

    /// <returns>How long the file is, in bytes.</returns>
    public async Task<long> Complete()
    {
        await _tar.DisposeAsync();
        await _file.FlushAsync();
        _file.Flush(flushToDisk: true);
        var length = _file.Length;
        await _file.DisposeAsync();
        File.Move(_unfinished, _path);
        return length;
    }

    public async ValueTask DisposeAsync()
    {
        await _file.DisposeAsync();
        File.Delete(_unfinished);
    }
}
