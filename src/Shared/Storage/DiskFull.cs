namespace Labeler.Shared.Storage;

/// <summary>Tells a full disk from other input and output errors.</summary>
public static class DiskFull
{
    private const int NoSpaceLeft = 28;
    private const int QuotaExceeded = 122;
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    public static bool IsDiskFull(this IOException error) =>
        error.HResult is NoSpaceLeft or QuotaExceeded or WindowsDiskFull;
}
