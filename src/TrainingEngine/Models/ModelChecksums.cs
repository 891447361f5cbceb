using Labeler.Shared.Storage;

namespace Labeler.TrainingEngine.Models;

/// <summary>A model folder may carry a SHA256SUMS file, as the bundled one does; what is listed there is checked before it is
/// used.</summary>
public static class ModelChecksums
{
    /// <summary>Lines of a hash, two spaces and a path inside the folder, as <c>sha256sum</c> writes them.</summary>
    public const string FileName = "SHA256SUMS";

    /// <exception cref="EngineException">A listed file is missing, truncated or altered; the message names it.</exception>
    public static void Check(string folder)
    {
        var list = Path.Combine(folder, FileName);
        if (!File.Exists(list))
        {
            return;
        }

        foreach (var line in StrictText.ReadLines(list).Where(line => line.Length > 0))
        {
            if (line.Split("  ", 2) is not [var hash, var name])
            {
                throw new EngineException($"{list}: the line \"{line}\" is not a hash, two spaces and a path");
            }

            var file = Path.Combine(folder, name);
            if (!File.Exists(file))
            {
                throw new EngineException($"{file}: is missing; restore the model folder");
            }

            using var stream = File.OpenRead(file);
            if (ContentHash.Of(stream) != hash)
            {
                throw new EngineException($"{file}: is truncated or was altered; restore the model folder");
            }
        }
    }
}
