using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Weights;

namespace Labeler.TrainingEngine.Training.Memory;

/// <summary>How many numbers a model's files hold, by their headers.</summary>
internal static class StoredNumbers
{
    private const string Texts = "text_encoder";

    /// <param name="path">A folder in the diffusers layout, or one file. What cannot be read counts nothing: loading says why.</param>
    /// <param name="without">Parts of a folder that do not count.</param>
    public static long Of(string path, Offloads without = Offloads.None)
    {
        IEnumerable<string> files = File.Exists(path) ? [path]
            : !Directory.Exists(path) ? []
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
