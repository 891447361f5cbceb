using System.Text.RegularExpressions;
using System.Xml.Linq;
using Labeler.Tests.Support;

namespace Labeler.Web.Tests.Languages;

/// <summary>The texts that stand in the source, and the Chinese ones.</summary>
internal static partial class SourceTexts
{
    /// <summary>Chinese by English.</summary>
    public static Dictionary<string, string> Chinese { get; } = XDocument.Load(Repository.At("src/LabelerWeb/Components/Languages/Texts.zh-Hans.resx"))
        .Root!.Elements("data").ToDictionary(text => text.Attribute("name")!.Value, text => text.Element("value")!.Value, StringComparer.OrdinalIgnoreCase);

    /// <summary>Looked up by pages, or marked for it, with the file where each stands.</summary>
    public static IEnumerable<(string Text, string File)> OfPages => Files("src/LabelerWeb", "*.razor", "*.cs")
        .SelectMany(file => LookedUp().Matches(File.ReadAllText(file)).Select(text => Plain(text, 1))
            .Concat(Told().Matches(File.ReadAllText(file)).Select(text => Numbered(Plain(text, 1)))).Select(text => (text, Path.GetFileName(file))));

    public static IEnumerable<string> OfScripts => Files("wwwroot-assets", "*.js").SelectMany(file => InScript().Matches(File.ReadAllText(file)).Select(text => Plain(text, 1))).Distinct();

    /// <summary>Every text in quotes of the web application and the domain; figures in an interpolated one are {0}, {1}, ….</summary>
    public static HashSet<string> Quoted => [.. Files("src/LabelerWeb", "*.razor", "*.cs").Concat(Files("src/Shared", "*.cs"))
        .Where(file => !file.EndsWith("ScriptKeys.cs", StringComparison.Ordinal))
        .SelectMany(file => InQuotes().Matches(Joint().Replace(File.ReadAllText(file), "")).Select(text => text.Groups[1].Length == 0 ? Plain(text, 2) : Numbered(Plain(text, 2))))];

    /// <summary>Messages of the faults of the domain and the pages. Those of commands, and of programs that ask, are told in English alone.</summary>
    public static IEnumerable<string> OfFaults => Files("src/LabelerWeb/Features", "*.razor", "*.cs").Concat(Files("src/Shared", "*.cs"))
        .Where(file => !EnglishAlone().IsMatch(file.Replace('\\', '/')))
        .SelectMany(file => Fault().Matches(Joint().Replace(File.ReadAllText(file), "")))
        .Select(text => text.Groups[1].Length == 0 ? Plain(text, 2) : Numbered(Plain(text, 2)));

    private static IEnumerable<string> Files(string folder, params string[] kinds) => kinds.SelectMany(kind => Directory.EnumerateFiles(Repository.At(folder), kind, SearchOption.AllDirectories));

    private static string Plain(Match text, int group) => Escaped().Replace(text.Groups[group].Value, escaped => escaped.Groups[1].Length > 0 ? $"{(char)Convert.ToInt32(escaped.Groups[1].Value, 16)}" : escaped.Groups[2].Value);

    private static string Numbered(string text)
    {
        var number = 0;
        return Hole().Replace(text, hole => $"{{{number++}{hole.Groups[1].Value}}}");
    }

    [GeneratedRegex("""(?:\bL\[|\btexts\[|\bTexts\.Key\(|\bErrorMessage = )"((?:[^"\\]|\\.)*)"[\],)]""")]
    private static partial Regex LookedUp();

    // Its holes may hold texts in quotes.
    [GeneratedRegex("""\bTexts\.Say\(\$"((?:[^"\\{]|\\.|\{(?:[^{}"]|"[^"]*")*\})*)"\)""")]
    private static partial Regex Told();

    // A long text stands in two quotes.
    [GeneratedRegex("""(?<=[^\\])"\s*\+\s*\$?"(?=[^"])""")]
    private static partial Regex Joint();

    [GeneratedRegex("""\bt\('((?:[^'\\]|\\.)*)'""")]
    private static partial Regex InScript();

    // The first text of a fault, and the last of a condition for one.
    [GeneratedRegex("""(?:new (?:Labeler|Storage)Exception\(\s*|LabelerException\.Of\(\s*|LabelerException\.ThrowIf\([^;]*?,\s*)(\$?)"((?:[^"\\{]|\\.|\{[^{}"]*\})+)"\s*[,)]""")]
    private static partial Regex Fault();

    [GeneratedRegex(@"/Shared/Data/|/Features/(?:Api|Backups)/|/Labeling/Api/|/LabelerException\.cs")]
    private static partial Regex EnglishAlone();

    [GeneratedRegex("""(\$?)"((?:[^"\\\n]|\\.)*)"(?!")""")]
    private static partial Regex InQuotes();

    [GeneratedRegex("""\\(?:u([0-9a-f]{4})|([^u]))""")]
    private static partial Regex Escaped();

    [GeneratedRegex("""\{[^{}:]*(?:\([^{}]*\)[^{}:]*)?(:[^{}]*)?\}""")]
    private static partial Regex Hole();
}
