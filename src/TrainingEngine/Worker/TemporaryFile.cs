using Labeler.Shared.Storage;

namespace Labeler.TrainingEngine.Worker;

/// <summary>The way of tensors into the file store, which takes whole files.</summary>
internal static class TemporaryFile
{
    /// <param name="save">Writes the file at a path.</param>
    /// <returns>The stored file's content hash.</returns>
    public static string Store(FileStore files, Action<string> save)
    {
        var temporary = Path.Combine(Path.GetTempPath(), $"labeler-{Guid.NewGuid():N}.safetensors");
        try
        {
            save(temporary);
            return files.PutFile(temporary).GetAwaiter().GetResult();
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
