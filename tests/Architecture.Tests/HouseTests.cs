using System.Reflection;
using System.Text.RegularExpressions;
using Labeler.Tests.Support;

namespace Architecture.Tests;

/// <summary>What keeps files readable.</summary>
public sealed partial class HouseTests
{
    private const int LongestFile = 200, LongestComponent = 120, LongestLine = 140, MostParameters = 7, MostStyle = 499;
    private const BindingFlags Every = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    [Fact]
    public void No_file_is_longer_than_two_hundred_lines_and_no_component_than_a_hundred_and_twenty() => None(
        Sources().Where(file => File.ReadLines(file).Count() > (file.EndsWith(".razor", StringComparison.Ordinal) ? LongestComponent : LongestFile)).Select(Named));

    [Fact]
    public void No_line_is_longer_than_a_hundred_and_forty_characters() => None(
        Sources().Where(file => file.EndsWith(".cs", StringComparison.Ordinal)).SelectMany(file => File.ReadLines(file)
            .Select((line, number) => (line, number)).Where(one => one.line.Length > LongestLine).Select(one => $"{Named(file)}:{one.number + 1}")));

    [Fact]
    public void No_constructor_takes_more_than_seven_parameters() => None(
        new[] { "Shared", "TrainingEngine", "LabelerWeb" }.SelectMany(name => Assembly.Load(name).GetTypes())
            .Where(type => !IsRecord(type) && type.Namespace is { } space && space.StartsWith("Labeler.", StringComparison.Ordinal) && !type.Name.Contains('<', StringComparison.Ordinal))
            .SelectMany(type => type.GetConstructors(Every))
            .Where(constructor => constructor.GetParameters().Length > MostParameters).Select(constructor => $"{constructor.DeclaringType}"));

    [Theory]
    [InlineData("security.md")]
    [InlineData("definitions.md")]
    public void Every_test_and_file_that_a_page_names_is_there(string page)
    {
        var classes = Directory.EnumerateFiles(Repository.At("tests"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => ClassName().Matches(File.ReadAllText(file))).Select(match => match.Groups[1].Value).ToHashSet();
        var text = File.ReadAllText(Repository.At("docs", page));
        var named = TestName().Matches(text).Select(match => match.Groups[1].Value).ToList();
        Assert.NotEmpty(named);
        None(named.Except(classes));
        None(FileName().Matches(text).Select(match => match.Groups[1].Value).Where(file => !File.Exists(Repository.At(file))));
    }

    [Fact]
    public void Style_sheets_beside_the_labeling_page_s_have_fewer_than_five_hundred_lines_and_no_class_that_nothing_uses()
    {
        var sheets = Directory.EnumerateFiles(Repository.At("wwwroot-assets", "css"), "*.css").Where(file => Path.GetFileName(file) != "labeling.css").ToList();
        Assert.InRange(sheets.Sum(file => File.ReadLines(file).Count()), 1, MostStyle);
        var used = string.Concat(Sources().Concat(Directory.EnumerateFiles(Repository.At("wwwroot-assets"), "*.js", SearchOption.AllDirectories)).Select(File.ReadAllText));
        // MudBlazor and Blazor give their own; a class may be the name of a state, in small letters.
        None(sheets.SelectMany(file => StyleClass().Matches(NoClass().Replace(File.ReadAllText(file), "")).Select(match => match.Groups[1].Value))
            .Where(name => !name.StartsWith("mud-", StringComparison.Ordinal) && !name.StartsWith("components-reconnect-", StringComparison.Ordinal)).Distinct()
            .Where(name => !used.Contains(name, StringComparison.OrdinalIgnoreCase)));
    }

    private static void None(IEnumerable<string> wrong) => Assert.True(!wrong.Any(), string.Join("\n", wrong));

    // A record's parameters are its properties.
    private static bool IsRecord(Type type) => type.GetMethod("PrintMembers", Every) is not null;

    private static IEnumerable<string> Sources() => Directory.EnumerateFiles(Repository.At("src"), "*.*", SearchOption.AllDirectories)
        .Where(file => Source().IsMatch(file) && !file.Contains($"{Path.DirectorySeparatorChar}Migrations{Path.DirectorySeparatorChar}", StringComparison.Ordinal));

    private static string Named(string file) => Path.GetRelativePath(Repository.Root, file);

    [GeneratedRegex(@"\bclass ([A-Za-z_]+)")]
    private static partial Regex ClassName();

    // In the last column of its tables; commands and settings have other characters too.
    [GeneratedRegex(@"`([A-Za-z_]+)`(?=[^|\n]*\|\n)")]
    private static partial Regex TestName();

    [GeneratedRegex(@"`((?:src|tests|bench|wwwroot-assets)/[^`]+\.[a-z]+)`")]
    private static partial Regex FileName();

    [GeneratedRegex(@"\.([A-Za-z][\w-]*)(?=[^{}]*\{)")]
    private static partial Regex StyleClass();

    // Comments, texts and what stands between the braces of a rule.
    [GeneratedRegex("""/\*.*?\*/|"[^"]*"|(?<=\{)[^{}]*(?=\})""", RegexOptions.Singleline)]
    private static partial Regex NoClass();

    [GeneratedRegex(@"\.(cs|razor)$")]
    private static partial Regex Source();
}
