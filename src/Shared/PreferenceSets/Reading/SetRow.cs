namespace Labeler.Shared.PreferenceSets.Reading;

/// <summary>One row of a set that comes in: two pictures of one prompt.</summary>
/// <param name="Name">Where it stands, for people: its file and number.</param>
/// <param name="Label">1 where the first picture won, 0 where it lost, 0.5 for a tie; null where nobody has said.</param>
internal sealed record SetRow(string Name, string Prompt, RowPicture First, RowPicture Second, double? Label)
{
    /// <summary>Who stands behind the label.</summary>
    public Backing Backing { get; init; }

    /// <summary>Why the row cannot be used, found while it was read; null where it may be.</summary>
    public string? Fault { get; init; }

    public static SetRow Faulty(string name, string fault) => new(name, "", default, default, null) { Fault = fault };
}

/// <param name="Name">Its column or file, for people.</param>
internal readonly record struct RowPicture(string Name, byte[] Content);

/// <summary>Rows in an order that is the same every time, so that an import which was stopped goes on where it was.</summary>
internal interface ISetReader : IAsyncDisposable
{
    /// <summary>How many there are; null where only reading tells.</summary>
    long? Rows { get; }

    /// <param name="skip">Rows from the start that are left out.</param>
    /// <exception cref="LabelerException">The file is damaged.</exception>
    IAsyncEnumerable<SetRow> Read(long skip, CancellationToken cancel);
}
