using System.Runtime.InteropServices;

namespace Labeler.TrainingEngine.Weights;

/// <summary>Writes folders that are there completely or not at all, whatever kills the process or the machine.</summary>
public static partial class AtomicFolder
{
    private const string Unfinished = ".unfinished";

    /// <summary>
    /// Lets <paramref name="fill"/> write into a temporary folder beside <paramref name="path"/>, brings it to the disk and
    /// renames it. A folder of that name is exchanged for it in one step.
    /// </summary>
    /// <exception cref="EngineException">The disk is full or may not be written to; nothing half-written stays.</exception>
    public static void Write(string path, Action<string> fill)
    {
        path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        var temporary = path + Unfinished;
        try
        {
            if (Directory.Exists(temporary))
            {
                Directory.Delete(temporary, recursive: true);
            }
            Directory.CreateDirectory(temporary);
            fill(temporary);
            foreach (var file in Directory.EnumerateFiles(temporary, "*", SearchOption.AllDirectories))
            {
                using var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite);
                stream.Flush(flushToDisk: true);
            }
            SyncFolder(temporary);
            if (Directory.Exists(path))
            {
                Exchange(temporary, path);
                Directory.Delete(temporary, recursive: true);
            }
            else
            {
                Directory.Move(temporary, path);
            }
            SyncFolder(Path.GetDirectoryName(path)!);
        }
        catch (Exception error)
        {
            RemoveQuietly(temporary);
            if (error is IOException or UnauthorizedAccessException)
            {
                throw new EngineException($"could not write {path}: {error.Message}", error);
            }
            throw;
        }
    }

    /// <summary>The complete folders inside <paramref name="parent"/>, by name.</summary>
    public static IEnumerable<string> Complete(string parent) => !Directory.Exists(parent) ? [] : Directory
        .EnumerateDirectories(parent)
        .Where(folder => !folder.EndsWith(Unfinished, StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);

    private static void Exchange(string first, string second)
    {
        const int currentFolder = -100, exchange = 2;
        if (RenameAt(currentFolder, first, currentFolder, second, exchange) != 0)
        {
            throw new IOException($"cannot replace {second} ({Marshal.GetLastPInvokeErrorMessage()})");
        }
    }

    private static void RemoveQuietly(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (IOException)
        {
            // The first error is the one to report; an unfinished folder is never read.
        }
    }

    private static void SyncFolder(string folder)
    {
        var descriptor = Open(folder, flags: 0);
        if (descriptor < 0)
        {
            throw new IOException($"cannot open {folder} ({Marshal.GetLastPInvokeErrorMessage()})");
        }
        var status = Fsync(descriptor);
        var message = Marshal.GetLastPInvokeErrorMessage();
        Close(descriptor);
        if (status != 0)
        {
            throw new IOException($"cannot bring {folder} to the disk ({message})");
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "renameat2", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int RenameAt(int firstFolder, string first, int secondFolder, string second, uint flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
