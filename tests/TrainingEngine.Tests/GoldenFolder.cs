namespace Labeler.TrainingEngine.Tests;

/// <summary>The reference data that stands beside the repository where it is developed: ../shared/golden.</summary>
internal static class GoldenFolder
{
    public static string? Path { get; } = Find();

    public static string File(params string[] parts) => System.IO.Path.Combine([Path!, .. parts]);

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (System.IO.File.Exists(System.IO.Path.Combine(folder.FullName, "Labeler.sln")))
            {
                string golden = System.IO.Path.Combine(folder.Parent?.FullName ?? "", "shared", "golden");
                return Directory.Exists(golden) ? golden : null;
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
    public static string Path { get; } = Find();

    public static string File(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!System.IO.File.Exists(System.IO.Path.Combine(folder.FullName, "Labeler.sln")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("the tests run outside the repository");
        }

        return System.IO.Path.Combine(folder.FullName, "tests", "golden");
    }
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
