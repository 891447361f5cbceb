using System.Text.RegularExpressions;
using Labeler.Shared.Storage;

namespace Labeler.Shared.Comparisons;

/// <summary>Results of <c>./labeler engine reproduce</c> in the data folder's runs: <c>NAME.csv</c>, or <c>NAME/results.csv</c> where it
/// was told to write there (<c>NAME/labels.csv</c>, where a rate has it).</summary>
public sealed partial class RunFiles(DataFolder folder)
{
    public const int LargestFile = 1024 * 1024;
    public const int MostFiles = 100;

    /// <summary>Samples along training, in one picture beside the results in a folder that the engine wrote.</summary>
    public const string SheetName = "training.png";
    public const long LargestSheet = 32 * 1024 * 1024;

    /// <summary>All of them by name, each read anew. One that cannot be read has its fault instead.</summary>
    public IReadOnlyList<RunFile> All() => [.. Shown().Select(Open)];

    /// <summary>The one of a name, which alone is read.</summary>
    public RunFile? Find(string name) => Shown().Where(file => file.Name == name).Select(Open).FirstOrDefault();

    /// <summary>Keeps an uploaded file under a name made from <paramref name="name"/>; one of that name is replaced.</summary>
    /// <exception cref="LabelerException">It is too large, or not such a file; nothing was kept.</exception>
    public async Task<string> Keep(string name, Stream content, CancellationToken cancel = default)
    {
        var kept = await content.ReadAtMost(LargestFile, cancel)
            ?? throw new LabelerException($"The file has more than {LargestFile / 1024 / 1024} MB; a results.csv is far smaller.");
        Parse(kept);
        var safe = Other().Replace(Path.GetFileNameWithoutExtension(name).ToLowerInvariant(), "-").Trim('-');
        safe = safe.Length == 0 ? "run" : safe[..Math.Min(60, safe.Length)].Trim('-');
        LabelerException.ThrowIf(
            Paths().All(file => file.Name != safe) && Paths().Count() >= MostFiles,
            $"There are {MostFiles} runs already: remove one first.");
        var temporary = Path.Combine(folder.Runs, $".{Guid.NewGuid():N}");
        await File.WriteAllBytesAsync(temporary, kept, cancel);
        File.Move(temporary, Path.Combine(folder.Runs, safe + ".csv"), overwrite: true);
        return safe;
    }

    /// <summary>Removes an uploaded file. A folder that the engine wrote holds more than its CSV and is left to whoever made it.</summary>
    /// <exception cref="LabelerException">There is none of that name.</exception>
    public void Remove(string name)
    {
        var file = Paths().FirstOrDefault(file => file.Name == name && Path.GetDirectoryName(file.Path) == folder.Runs).Path
            ?? throw new LabelerException("There is no uploaded run of that name; load the page again.");
        File.Delete(file);
    }

    private IEnumerable<(string Name, string Path)> Shown() => Paths().OrderBy(file => file.Name, StringComparer.Ordinal).Take(MostFiles);

    private RunFile Open((string Name, string Path) file)
    {
        try
        {
            return new RunFile(file.Name, Read(file.Path), null) { Sheet = SheetBeside(file.Path) };
        }
        catch (Exception error) when (error is LabelerException or IOException or UnauthorizedAccessException)
        {
            return new RunFile(file.Name, null, error.Message);
        }
    }

    private IEnumerable<(string Name, string Path)> Paths() =>
    [
        .. Directory.EnumerateFiles(folder.Runs, "*.csv").Select(path => (Path.GetFileNameWithoutExtension(path), path)),
        .. Directory.EnumerateDirectories(folder.Runs).Select(path => (Name: Path.GetFileName(path) + "/results", Path: ResultsIn(path)))
            .Where(file => File.Exists(file.Path)),
    ];

    private static string ResultsIn(string path) =>
        Path.Combine(path, "labels.csv") is var labels && File.Exists(labels) ? labels : Path.Combine(path, "results.csv");

    private string? SheetBeside(string path) =>
        Path.GetDirectoryName(path) is { } inside && inside != folder.Runs
            && new FileInfo(Path.Combine(inside, SheetName)) is { Exists: true, Length: <= LargestSheet } sheet ? sheet.FullName : null;

    private static ReproducedRun Read(string path) => new FileInfo(path).Length <= LargestFile
        ? Parse(File.ReadAllBytes(path))
        : throw new LabelerException($"The file has more than {LargestFile / 1024 / 1024} MB.");

    private static ReproducedRun Parse(byte[] bytes) => ReproducedRun.Read(new StringReader(StrictText.Decode(bytes, "The file")));

    [GeneratedRegex("[^a-z0-9]+", RegexOptions.None, RegexTimeout.Milliseconds)]
    private static partial Regex Other();
}

/// <param name="Fault">Why it cannot be shown; null where it can.</param>
public sealed record RunFile(string Name, ReproducedRun? Run, string? Fault)
{
    /// <summary>Where its samples along training are; null where there are none.</summary>
    public string? Sheet { get; init; }
    public string Title => IsUploaded ? Name : Name[..Name.LastIndexOf('/')];

    /// <summary>Was it uploaded, and can be removed here?</summary>
    public bool IsUploaded => !Name.Contains('/', StringComparison.Ordinal);
}
