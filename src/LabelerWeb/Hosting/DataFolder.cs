namespace Labeler.Web.Hosting;

/// <summary>The one folder under which everything lives: database, images, checkpoints, keys. It can be moved as a whole.</summary>
public sealed class DataFolder(string path)
{
    public string Path { get; } = path;

    /// <summary>Keys that protect cookies and links; whoever has them can forge a session.</summary>
    public DirectoryInfo Keys => new(System.IO.Path.Combine(Path, "keys"));

    /// <summary>Creates the folder where it is missing and tries that it can be written.</summary>
    /// <exception cref="StartupException">It is a file, or this user may not write there, or the disk is full.</exception>
    public static DataFolder Open(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
            var folder = new DataFolder(path);
            folder.Keys.Create();
            if (!OperatingSystem.IsWindows())
                folder.Keys.UnixFileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
            folder.Try();
            return folder;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"cannot write to the data folder {path}: {e.Message.TrimEnd('.')}; choose another with --data DIR or mend its permissions", e);
        }
    }

    /// <summary>Writes and removes a small file, which fails where the folder is read-only or the disk full.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not write there.</exception>
    public void Try()
    {
        var probe = System.IO.Path.Combine(Path, $".probe-{Environment.ProcessId}-{Environment.CurrentManagedThreadId}");
        File.WriteAllBytes(probe, new byte[4096]);
        File.Delete(probe);
    }
}
