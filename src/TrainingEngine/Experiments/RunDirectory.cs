using System.Text.Json;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Training;

namespace Labeler.TrainingEngine.Experiments;

/// <summary>A folder that belongs to one model and one set of options, kept in its <c>options.json</c>: only the same ones go on in
/// it.</summary>
internal static class RunDirectory
{
    private const string Name = "options.json";
    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true };

    /// <summary>Begins a new or empty folder, or finds that it was begun with the same options.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="identity">See <see cref="Identity"/>.</param>
    /// <exception cref="EngineException">It was begun with other options, or holds other files.</exception>
    public static void Of(string folder, object identity)
    {
        byte[] settings = JsonSerializer.SerializeToUtf8Bytes(identity, Format);
        string file = Path.Combine(folder, Name);
        if (File.Exists(file))
        {
            if (!File.ReadAllBytes(file).AsSpan().SequenceEqual(settings))
            {
                throw new EngineException($"{folder} was begun with other options; choose another folder, or the same options to go on");
            }

            return;
        }

        Create(folder);
        AtomicFile.Write(file, settings);
    }

    /// <summary>What all results of a run follow from, to be serialized.</summary>
    /// <param name="modelFolder">The base model.</param>
    /// <param name="options">Without those that may change while it goes on.</param>
    /// <param name="trained">Of the options, which alone would not say what kind of part it is.</param>
    public static object Identity(string modelFolder, object options, TrainedPart trained) =>
        new { Model = ModelHash.Of(modelFolder), Options = options, Trained = (object)trained, Kind = trained.GetType().Name };

    /// <summary>Creates the folder, which may be there if it is empty.</summary>
    /// <exception cref="EngineException">It holds other files.</exception>
    public static void Create(string folder)
    {
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            throw new EngineException($"{folder} holds other files; choose a new folder");
        }

        Directory.CreateDirectory(folder);
    }
}
