using System.Diagnostics;

namespace Labeler.Shared.Tests.Support;

/// <summary>A disk in memory with room for a few files. Making one needs root.</summary>
public sealed class SmallDisk : IDisposable
{
    public SmallDisk(int kilobytes)
    {
        Folder = Directory.CreateTempSubdirectory("labeler-disk-").FullName;
        if (!Run("mount", "-t", "tmpfs", "-o", $"size={kilobytes}k", "tmpfs", Folder))
        {
            throw new InvalidOperationException("A small disk could not be mounted.");
        }
    }

    public string Folder { get; }

    public static bool Possible { get; } = Environment.UserName == "root" && TryOnce();

    public void Dispose()
    {
        Run("umount", Folder);
        Directory.Delete(Folder);
    }

    private static bool TryOnce()
    {
        try
        {
            using var disk = new SmallDisk(16);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
