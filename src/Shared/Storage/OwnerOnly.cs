using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Labeler.Shared.Storage;

/// <summary>Keeps what a process writes, and what a folder holds already, from other users of the machine: 0700 and 0600.</summary>
public static partial class OwnerOnly
{
    private const UnixFileMode Folder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode File = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const uint NobodyElse = 0b111_111;

    /// <summary>Whatever this process makes from now on is its user's alone.</summary>
    public static void Begin()
    {
        if (!OperatingSystem.IsWindows())
        {
            _ = SetMask(NobodyElse);
        }
    }

    /// <summary>Takes a folder and all that is in it from others, where it is open to them. One that is closed is left as it is: nobody
    /// else comes to what it holds.</summary>
    /// <exception cref="UnauthorizedAccessException">It is another user's.</exception>
    public static void Close(string folder)
    {
        if (OperatingSystem.IsWindows() || System.IO.File.GetUnixFileMode(folder) == Folder)
        {
            return;
        }
        var all = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos("*", all))
        {
            Close(entry);
        }
        // Last, so that a process that is ended meanwhile begins anew.
        System.IO.File.SetUnixFileMode(folder, Folder);
    }

    [UnsupportedOSPlatform("windows")]
    private static void Close(FileSystemInfo entry)
    {
        try
        {
            entry.UnixFileMode = entry is DirectoryInfo ? Folder : File;
        }
        catch (FileNotFoundException)
        {
            // Somebody who works with the folder has deleted it meanwhile.
        }
    }

    [LibraryImport("libc", EntryPoint = "umask")]
    private static partial uint SetMask(uint mask);
}
