namespace Labeler.Shared.Storage;

/// <summary>A file that one process at a time holds open; the system lets go of it when that process dies.</summary>
internal static class LockFile
{
    /// <summary>Holds it until what is returned is disposed of; null while another process does.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static FileStream? TryTake(string path, FileMode mode = FileMode.OpenOrCreate)
    {
        try
        {
            return new(path, mode, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error) when (error is not FileNotFoundException && File.Exists(path))
        {
            return null;
        }
    }
}
