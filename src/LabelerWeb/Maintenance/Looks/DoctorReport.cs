namespace Labeler.Web.Maintenance.Looks;

/// <summary>What the doctor says: a line for each thing, and whether all of it is well.</summary>
internal sealed class DoctorReport(TextWriter output)
{
    public bool IsWell { get; private set; } = true;

    public void Say(string about, string text) => output.WriteLine($"{about,-12} {text}");

    public void Fault(string about, string text)
    {
        Say(about, $"FAULT: {text}");
        IsWell = false;
    }

    /// <summary>Says what a look finds, or what its error says.</summary>
    /// <returns>Was there no error?</returns>
    public async Task<bool> Try(string about, Func<Task<string>> look)
    {
        try
        {
            Say(about, await look());
            return true;
        }
        catch (Exception error) when (error is LabelerException or IOException or UnauthorizedAccessException)
        {
            Fault(about, error.Message.TrimEnd('.'));
            return false;
        }
    }

    public static string Size(long bytes) =>
        bytes < 1e9 ? FormattableString.Invariant($"{bytes / 1e6:N1} MB") : FormattableString.Invariant($"{bytes / 1e9:N1} GB");
}
