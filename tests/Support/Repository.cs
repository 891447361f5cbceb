namespace Labeler.Tests.Support;

/// <summary>The folder from which the tests were built.</summary>
internal static class Repository
{
    public static string Root { get; } = RootOf(AppContext.BaseDirectory);

    /// <summary>A file or folder of it.</summary>
    public static string At(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string RootOf(string folder) => File.Exists(Path.Combine(folder, "Labeler.sln")) ? folder
        : RootOf(Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("The tests run outside the repository."));
}
