namespace Labeler.Shared.Projects;

/// <summary>Where a project's model lies: an absolute path, or one that holds wherever the product is installed, as
/// <c>models/mirror-world</c>.</summary>
public static class ModelPath
{
    /// <summary>
    /// The folder on this machine, or the checkpoint in one safetensors file: inside the data folder, else beside the program (or in a
    /// folder above it).
    /// </summary>
    /// <param name="setting">As the project has it.</param>
    /// <param name="dataFolder">The data folder's path.</param>
    /// <exception cref="LabelerException">There is no model there.</exception>
    public static string Find(string setting, string dataFolder) =>
        Places(setting, dataFolder).FirstOrDefault(place => File.Exists(Path.Combine(place, "model_index.json"))
            || (place.EndsWith(".safetensors", StringComparison.Ordinal) && File.Exists(place)))
        ?? throw new LabelerException(
            $"There is no model in {setting}: the folder must hold a model_index.json, as checkpoints in the diffusers layout do.");

    private static IEnumerable<string> Places(string setting, string dataFolder)
    {
        // No path of this machine holds that letter, and the system's calls refuse it.
        if (setting.Contains('\0', StringComparison.Ordinal))
        {
            yield break;
        }
        if (Path.IsPathRooted(setting))
        {
            yield return setting;
            yield break;
        }
        yield return Path.GetFullPath(Path.Combine(dataFolder, setting));
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            yield return Path.Combine(folder.FullName, setting);
        }
    }
}
