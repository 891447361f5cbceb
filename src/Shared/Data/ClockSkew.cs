namespace Labeler.Shared.Data;

/// <summary>Several processes, perhaps on several machines, write times into one database.</summary>
public static class ClockSkew
{
    /// <summary>The most that their clocks may differ before a time is taken for that of a clock that jumped.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(1);
}
