namespace Labeler.Web.Features.Comparison;

/// <summary>Runs of the engine, and those of them that were chosen to be drawn together.</summary>
/// <param name="Names">What a chosen one is a seed of, by its name; empty for itself.</param>
/// <param name="Together">A picture for each kind of axes.</param>
public sealed record ComparedFiles(IReadOnlyList<RunFile> All, IReadOnlyDictionary<string, string> Names,
    IReadOnlyList<ReproducedRun> Together)
{
    private const int LongestName = 60;

    public static ComparedFiles Read(RunFiles files, IQueryCollection query)
    {
        var all = files.All();
        var asked = query["file"].ToHashSet();
        var chosen = all.Where(file => file.Run is not null && asked.Contains(file.Name)).ToList();
        var names = chosen.ToDictionary(file => file.Name,
            file => query[$"file-as.{file.Name}"].ToString().Trim() is var name && name.Length <= LongestName ? name : name[..LongestName]);
        return new(all, names, ReproducedRun.Overlay(chosen.Select(file =>
            (names[file.Name].Length > 0 ? names[file.Name] : file.Title, file.Run!))));
    }

    public IEnumerable<FigureTable> Tables =>
        Together.Select((run, n) =>
            CurveTable.Of($"{n + 1}", run.IsShare ? Texts.Key("Rates together") : Texts.Key("Rewards together"), run));
}
