using Labeler.Tests.Support;

namespace Labeler.TrainingEngine.Tests;

/// <summary>The reference data, where a folder shared/golden lies beside the repository or farther up.</summary>
internal static class GoldenFolder
{
    public static string? Path { get; } = Above(new DirectoryInfo(Repository.Root).Parent, "golden");

    /// <summary>That of flow models.</summary>
    public static string? Flow { get; } = Above(new DirectoryInfo(Repository.Root).Parent, "golden-flow");

    /// <summary>Small inputs that went wrong.</summary>
    public static string? Cases { get; } = Above(new DirectoryInfo(Repository.Root).Parent, "cases");

    public static string File(params string[] parts) => System.IO.Path.Combine([Path!, .. parts]);

    private static string? Above(DirectoryInfo? folder, string name)
    {
        for (; folder is not null; folder = folder.Parent)
        {
            if (System.IO.Path.Combine(folder.FullName, "shared", name) is var golden && Directory.Exists(golden))
            {
                return golden;
            }
        }

        return null;
    }
}

/// <summary>
/// The repository's copy of the reference data. It lacks the tokenizers' vocabularies and the text encoders of tiny-sd15 and
/// tiny-sd21, which are large.
/// </summary>
internal static class GoldenCopy
{
    public static string Path { get; } = Repository.At("tests", "golden");

    public static string File(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);
}

/// <summary>A test that needs the reference data; skipped, and counted as such, where it is not there.</summary>
public sealed class GoldenFactAttribute : FactAttribute
{
    public GoldenFactAttribute() => Skip = GoldenFolder.Path is null ? "the reference data ../shared/golden is not there" : null;
}

/// <summary>A theory that needs the reference data; skipped, and counted as such, where it is not there.</summary>
public sealed class GoldenTheoryAttribute : TheoryAttribute
{
    public GoldenTheoryAttribute() => Skip = GoldenFolder.Path is null ? "the reference data ../shared/golden is not there" : null;
}

/// <summary>A test that needs the reference data of flow models; skipped, and counted as such, where it is not there.</summary>
public sealed class FlowGoldenFactAttribute : FactAttribute
{
    public FlowGoldenFactAttribute() => Skip = GoldenFolder.Flow is null || GoldenFolder.Path is null
        ? "the reference data ../shared/golden and ../shared/golden-flow are not there" : null;
}

/// <summary>A theory that needs the reference data of flow models; skipped, and counted as such, where it is not there.</summary>
public sealed class FlowGoldenTheoryAttribute : TheoryAttribute
{
    public FlowGoldenTheoryAttribute() => Skip = GoldenFolder.Flow is null || GoldenFolder.Path is null
        ? "the reference data ../shared/golden and ../shared/golden-flow are not there" : null;
}

/// <summary>A theory that needs the inputs that went wrong; skipped, and counted as such, where they are not there.</summary>
public sealed class CaseTheoryAttribute : TheoryAttribute
{
    public CaseTheoryAttribute() => Skip = GoldenFolder.Cases is null || GoldenFolder.Path is null
        ? "the reference data ../shared/golden and the inputs ../shared/cases are not there" : null;
}
