using System.Runtime.CompilerServices;
using Labeler.Shared.Photos;

namespace Labeler.Shared.PreferenceSets.Reading;

/// <summary>A list of pairs with its pictures: JSON lines, a table, tasks of Label Studio or records of Argilla; alone, in a zip or in a
/// folder.</summary>
internal sealed class ListSet : ISetReader
{
    // Tried in this order; of a zip or folder only one is the list.
    private static readonly string[] Names =
        ["metadata.jsonl", "preferences.jsonl", "preferences.csv", "metadata.csv", "tasks.json", "records.json"];

    private readonly string _name;
    private readonly PhotoFile _list;
    private readonly SetPictures _pictures;
    private readonly ImportLimits _limits;
    private readonly IDisposable? _archive;

    private ListSet(PhotoFile list, IReadOnlyDictionary<string, PhotoFile> beside, ImportLimits limits, IDisposable? archive)
    {
        var below = list.Name[..(list.Name.LastIndexOf('/') + 1)];
        (_name, _list, _limits, _archive) = (list.Name, list, limits, archive);
        _pictures = new(beside, below, limits);
    }

    public long? Rows => null;

    /// <summary>A file of lines that holds its pictures.</summary>
    public static ListSet OfFile(string name, string path, ImportLimits limits) =>
        new(new(name, new FileInfo(path).Length, null, () => File.OpenRead(path)), new Dictionary<string, PhotoFile>(), limits, null);

    /// <summary>The list among the files of a zip or folder; null where there is none.</summary>
    public static ListSet? Among(PhotoFiles files, ImportLimits limits)
    {
        var lists = files.All.Where(file => file.Fault is null).ToLookup(file => file.Name[(file.Name.LastIndexOf('/') + 1)..]);
        var list = Names.SelectMany(name => lists[name]).FirstOrDefault()
            ?? files.All.FirstOrDefault(file => file.Fault is null && file.Name.EndsWith(".jsonl", StringComparison.Ordinal));
        return list is null ? null : new(list, files.All.ToDictionary(file => file.Name), limits, files);
    }

    public async IAsyncEnumerable<SetRow> Read(long skip, [EnumeratorCancellation] CancellationToken cancel)
    {
        await using var stream = Open();
        // Two pictures in base64, and what is said about them.
        var longest = (2 * _limits.MaxPictureBytes / 3 * 4) + (1 << 20);
        var number = 0L;
        await foreach (var (pair, fault) in ListLines.Read(_name, stream, longest, cancel))
        {
            number++;
            if (number > skip)
            {
                var name = $"{_name}, row {number}";
                yield return pair is null ? SetRow.Faulty(name, fault!) : await Row(name, pair, cancel);
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        _archive?.Dispose();
        return ValueTask.CompletedTask;
    }

    private Stream Open()
    {
        try
        {
            return _list.Open();
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException or NotSupportedException)
        {
            throw new LabelerException($"{_name} cannot be read: the zip is damaged there.", error);
        }
    }

    private async Task<SetRow> Row(string name, ListedPair pair, CancellationToken cancel)
    {
        if (pair.First is null || pair.Second is null)
        {
            return SetRow.Faulty(name, "it names no two pictures: chosen and rejected, or image_0 and image_1 with label_0, are expected");
        }
        if (pair.Prompt is null)
        {
            return SetRow.Faulty(name, "it has no prompt");
        }
        try
        {
            return new(
                name, pair.Prompt, new("the first picture", await _pictures.Read(pair.First, cancel)),
                new("the second picture", await _pictures.Read(pair.Second, cancel)), pair.Label)
            { Backing = pair.Backing };
        }
        catch (PhotoRefusal refusal)
        {
            return SetRow.Faulty(name, refusal.Message);
        }
    }
}
