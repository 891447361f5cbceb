using System.Text.Json;
using Labeler.Shared.Memory;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Weights;

namespace Labeler.TrainingEngine.Training.Memory;

/// <summary>How many numbers a model's files hold, by their headers.</summary>
internal static class StoredNumbers
{
    private const string Texts = "text_encoder";

    /// <param name="path">A folder in the diffusers layout, or one file. What cannot be read counts nothing: loading says why.</param>
    /// <param name="without">Parts that do not count.</param>
    public static long Of(string path, Offloads without = Offloads.None)
    {
        if (File.Exists(path))
        {
            return OfOneFile(path, without);
        }
        IEnumerable<string> files = !Directory.Exists(path) ? []
            : Directory.GetDirectories(path).Where(part => IsLoaded(Path.GetFileName(part), without)).SelectMany(Files);
        return files.Sum(Count);
    }

    // A folder may hold a safety checker and other autoencoders too, which stay on the disk.
    private static bool IsLoaded(string part, Offloads without) => part is "unet" or "transformer"
        || (part == "vae" && !without.HasFlag(Offloads.Vae))
        || (part.StartsWith(Texts, StringComparison.Ordinal) && !without.HasFlag(Offloads.Texts));

    // Of several variants the smallest counts: it may be the one that is taken.
    private static IEnumerable<string> Files(string part)
    {
        var sharded = Directory.GetFiles(part, "*-of-*.safetensors");
        return sharded.Length > 0 ? sharded : Directory.GetFiles(part, "*.safetensors").OrderBy(file => new FileInfo(file).Length).Take(1);
    }

    // A file may hold a moving average of the weights too, which is not loaded.
    private static long OfOneFile(string path, Offloads without)
    {
        try
        {
            return SingleFileFootprint.Read(path) is not { } model ? 0
                : model.Denoiser + (without.HasFlag(Offloads.Texts) ? 0 : model.Texts) + (without.HasFlag(Offloads.Vae) ? 0 : model.Vae);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            return 0;
        }
    }

    private static long Count(string file)
    {
        try
        {
            using var opened = SafeTensors.Open(file);
            return opened.Names.Sum(name => opened.ShapeOf(name).Aggregate(1L, (all, side) => all * side));
        }
        catch (EngineException)
        {
            // Loading says what is wrong with it.
            return 0;
        }
    }
}
