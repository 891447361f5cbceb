namespace Labeler.Web.Hosting;

/// <summary>Where the training engine's assembly lies.</summary>
internal static class EngineProgram
{
    private const string Assembly = "TrainingEngine.dll";

    /// <summary>Where a published application has it.</summary>
    public static string Beside => Path.Combine(AppContext.BaseDirectory, "engine", Assembly);

    /// <summary>Beside the application, or where the build puts it; null where it is in neither.</summary>
    public static string? Find() =>
        new[] { $"engine/{Assembly}", $"../../TrainingEngine/release/{Assembly}", $"../../TrainingEngine/debug/{Assembly}" }
            .Select(place => Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, place))).FirstOrDefault(File.Exists);
}
