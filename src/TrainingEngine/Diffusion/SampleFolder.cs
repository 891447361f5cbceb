using System.Text.Json;
using Labeler.Shared.Storage;

namespace Labeler.TrainingEngine.Diffusion;

/// <summary>
/// A folder of samples in D3PO's layout: <c>images/00000.png …</c> in order, group by group; <c>prompt.json</c>, one
/// prompt per group; beside them <c>trajectories/00000.safetensors</c>, one per group, and <c>sampling.json</c>. A group's
/// trajectory is written last, so a group with a trajectory is complete.
/// </summary>
public sealed class SampleFolder
{
    private const string ManifestName = "sampling.json";
    private readonly string _folder;

    private SampleFolder(string folder, SampleManifest manifest) => (_folder, Manifest) = (folder, manifest);

    /// <summary>What the folder is to hold.</summary>
    public SampleManifest Manifest { get; }

    /// <summary>Groups that the folder is to hold.</summary>
    public int Groups => Manifest.Prompts.Count;

    /// <summary>The groups that are not complete yet, in order.</summary>
    public IReadOnlyList<int> Missing => [.. Enumerable.Range(0, Groups).Where(group => !File.Exists(TrajectoryOf(group)))];

    /// <summary>Opens a folder for writing: a new one, or one begun with the same manifest.</summary>
    /// <exception cref="EngineException">It was begun with another one, or cannot be written.</exception>
    public static SampleFolder Begin(string folder, SampleManifest manifest)
    {
        string file = Path.Combine(folder, ManifestName);
        if (File.Exists(file))
        {
            IReadOnlyList<string> differences = Open(folder).Manifest.DifferencesFrom(manifest);
            return differences.Count == 0
                ? new SampleFolder(folder, manifest)
                : throw new EngineException(
                    $"{folder} was begun with another {string.Join(", ", differences)}; choose another folder, or the same settings to go "
                        + $"on");
        }

        try
        {
            if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
            {
                throw new EngineException($"{folder} holds other files; choose a new folder");
            }

            Directory.CreateDirectory(Path.Combine(folder, "images"));
            Directory.CreateDirectory(Path.Combine(folder, "trajectories"));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{folder}: cannot be written ({error.Message})", error);
        }

        AtomicFile.Write(Path.Combine(folder, "prompt.json"), JsonSerializer.SerializeToUtf8Bytes(manifest.Prompts, SampleManifest.Json));
        AtomicFile.Write(file, JsonSerializer.SerializeToUtf8Bytes(manifest, SampleManifest.Json));
        return new SampleFolder(folder, manifest);
    }

    /// <summary>Opens a folder for reading.</summary>
    /// <exception cref="EngineException">It is no folder of samples.</exception>
    public static SampleFolder Open(string folder)
    {
        string file = Path.Combine(folder, ManifestName);
        try
        {
            return new SampleFolder(folder, JsonSerializer.Deserialize<SampleManifest>(StrictText.Read(file), SampleManifest.Json)
                ?? throw new EngineException($"{file} is empty"));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new EngineException($"{folder} is no folder of samples: {ManifestName} is missing or damaged", error);
        }
    }

    /// <summary>Where a group's trajectory is.</summary>
    public string TrajectoryOf(int group) => Path.Combine(_folder, "trajectories", $"{group:00000}.safetensors");

    /// <summary>Where an image of a group is.</summary>
    public string ImageOf(int group, int image) => Path.Combine(_folder, "images", $"{(group * Manifest.GroupSize) + image:00000}.png");

    /// <summary>Writes a complete group; each file is there whole or not at all.</summary>
    /// <exception cref="EngineException">A file cannot be written.</exception>
    public void Save(int group, Trajectory trajectory, IReadOnlyList<byte[]> images)
    {
        for (int image = 0; image < images.Count; image++)
        {
            AtomicFile.Write(ImageOf(group, image), images[image]);
        }

        trajectory.Save(TrajectoryOf(group));
    }
}
