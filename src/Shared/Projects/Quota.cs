namespace Labeler.Shared.Projects;

/// <summary>How many votes somebody may give in a project; null for any number.</summary>
/// <param name="PerDay">From one midnight of the server to the next.</param>
public readonly record struct Quota(int? PerDay, int? InTotal)
{
    public const int Most = 1_000_000;

    public bool IsNone => PerDay is null && InTotal is null;

    /// <exception cref="LabelerException">A number is out of range.</exception>
    internal Quota Checked()
    {
        LabelerException.ThrowIf(PerDay is < 1 or > Most || InTotal is < 1 or > Most,
            $"A quota is a number of votes between 1 and {Most:N0}; leave it empty for any number.");
        return this;
    }
}
