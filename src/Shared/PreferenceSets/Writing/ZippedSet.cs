using System.IO.Compression;

namespace Labeler.Shared.PreferenceSets.Writing;

/// <summary>A zip of the pictures, each once, and a list of the pairs. The list waits in a file of its own, as a zip takes one file after
/// the other.</summary>
internal sealed class ZippedSet : ISetWriter
{
    private readonly ZipArchive _zip;
    private readonly SetList _list;
    private readonly FileStream _waiting;
    private readonly StreamWriter _lines;
    private readonly HashSet<string> _packed = [];

    private ZippedSet(ZipArchive zip, SetList list)
    {
        (_zip, _list) = (zip, list);
        _waiting = new(Path.GetTempFileName(), FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
        _lines = new(_waiting, list.Encoding, leaveOpen: true) { NewLine = "\n" };
    }

    public static async Task<ZippedSet> Open(Stream output, SetList list, CancellationToken cancel)
    {
        var set = new ZippedSet(await ZipArchive.CreateAsync(output, ZipArchiveMode.Create, leaveOpen: true, null, cancel), list);
        await set._lines.WriteAsync(list.Begin);
        return set;
    }

    public async Task Add(PairRow row, SetPicture first, SetPicture second, CancellationToken cancel)
    {
        await Pack(first, cancel);
        await Pack(second, cancel);
        await _lines.WriteAsync(_list.Row(row, $"images/{first.FileName}", $"images/{second.FileName}").AsMemory(), cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await _lines.WriteAsync(_list.End);
        await _lines.DisposeAsync();
        _waiting.Position = 0;
        await using (var entry = await _zip.CreateEntry(_list.FileName).OpenAsync())
        {
            await _waiting.CopyToAsync(entry);
        }
        foreach (var (name, text) in _list.Beside)
        {
            await using var entry = new StreamWriter(await _zip.CreateEntry(name).OpenAsync());
            await entry.WriteAsync(text);
        }
        await _waiting.DisposeAsync();
        await _zip.DisposeAsync();
    }

    private async Task Pack(SetPicture picture, CancellationToken cancel)
    {
        if (_packed.Add(picture.FileName))
        {
            await using var entry = await _zip.CreateEntry($"images/{picture.FileName}", CompressionLevel.NoCompression).OpenAsync(cancel);
            await entry.WriteAsync(picture.Content, cancel);
        }
    }
}
