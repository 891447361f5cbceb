namespace Labeler.TrainingEngine;

/// <summary>Writes files that are there whole or not at all.</summary>
public static class AtomicFile
{
    /// <summary>Writes beside the final place, brings it to the disk and renames it.</summary>
    /// <exception cref="EngineException">It cannot be written, for instance because the disk is full.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        // Always the same name: what a killed process left is overwritten by the next.
        string partial = path + ".part";
        try
        {
            using (var target = new FileStream(partial, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                target.Write(content);
                target.Flush(flushToDisk: true);
            }

            File.Move(partial, path, overwrite: true);
        }
        // .NET tells of a file that grows beyond what is allowed as of an argument out of range.
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            File.Delete(partial);
            throw new EngineException($"{path}: cannot be written ({error.Message}); free some space or choose another folder", error);
        }
    }
}
