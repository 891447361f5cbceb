using System.Diagnostics;
using System.Globalization;

namespace Labeler.TrainingEngine.Tests.Training;

/// <summary>Processes that Open MPI's mpirun has started on this machine.</summary>
internal static class RankProcess
{
    /// <summary>mpirun asks root to say so twice.</summary>
    public static Dictionary<string, string> AsRoot { get; } = new() { ["OMPI_ALLOW_RUN_AS_ROOT"] = "1", ["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1" };

    /// <summary>The one of this rank whose command line names a folder; null while there is none.</summary>
    public static Process? Of(int rank, string folder)
    {
        var found = Directory.EnumerateDirectories("/proc").Where(process => Path.GetFileName(process).All(char.IsAsciiDigit))
            .SingleOrDefault(process => Has(process, "environ", $"PMIX_RANK={rank}\0") && Has(process, "cmdline", folder));
        return found is null ? null : Process.GetProcessById(int.Parse(Path.GetFileName(found), CultureInfo.InvariantCulture));
    }

    private static bool Has(string process, string file, string text)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, file)).Contains(text, StringComparison.Ordinal);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false; // it has ended meanwhile
        }
    }
}
