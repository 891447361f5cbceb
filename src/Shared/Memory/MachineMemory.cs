using System.Globalization;

namespace Labeler.Shared.Memory;

/// <summary>Memory that this machine has to give.</summary>
public static class MachineMemory
{
    /// <summary>Of the machine, or of the container that it is shared by, in bytes.</summary>
    public static long Total => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>What the kernel would give without swapping, within the container's limit; null where that cannot be told.</summary>
    public static long? Free()
    {
        const string Available = "MemAvailable:";
        if (!File.Exists("/proc/meminfo"))
        {
            return null;
        }
        var line = File.ReadLines("/proc/meminfo").FirstOrDefault(line => line.StartsWith(Available, StringComparison.Ordinal));
        if (line is null || !long.TryParse(
            line[Available.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture, out var kibibytes))
        {
            return null;
        }
        return Math.Min(kibibytes * 1024, Total);
    }
}
