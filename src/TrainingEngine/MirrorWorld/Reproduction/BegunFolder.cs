using System.Text.Json;

namespace Labeler.TrainingEngine.MirrorWorld.Reproduction;

/// <summary>A folder that belongs to one set of options, kept in its <c>options.json</c>: only the same ones go on in it.</summary>
internal static class BegunFolder
{
    private const string Name = "options.json";
    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true };

    /// <summary>Begins a new or empty folder, or finds that it was begun with the same options.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="options">Those that all results follow from.</param>
    /// <exception cref="EngineException">It was begun with other options, or holds other files.</exception>
    public static void Of(string folder, object options)
    {
        byte[] settings = JsonSerializer.SerializeToUtf8Bytes(options, Format);
        string file = Path.Combine(folder, Name);
        if (File.Exists(file))
        {
            if (!File.ReadAllBytes(file).AsSpan().SequenceEqual(settings))
            {
                throw new EngineException($"{folder} was begun with other options; choose another folder, or the same options to go on");
            }

            return;
        }

        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            throw new EngineException($"{folder} holds other files; choose a new folder");
        }

        Directory.CreateDirectory(folder);
        AtomicFile.Write(file, settings);
    }
}
