namespace Labeler.Shared.Data.Servers;

/// <summary>Something that one process of an installation does at a time, and who does it.</summary>
public sealed class Duty
{
    private Duty() { }

    public string Name { get; private set; } = "";

    /// <summary>The process that does it.</summary>
    public string Holder { get; private set; } = "";

    /// <summary>From when on another may take it.</summary>
    public DateTimeOffset Until { get; private set; }
}
