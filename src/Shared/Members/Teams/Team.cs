namespace Labeler.Shared.Members.Teams;

/// <summary>A named group of people, which is a member of projects as a person is.</summary>
/// <remarks>Called a team, as a group is the images of one prompt and noise.</remarks>
public sealed class Team
{
    public const int LongestName = 100;

    private Team() { }

    internal Team(string name, DateTimeOffset now)
    {
        Rename(name);
        CreatedAt = now;
    }

    public long Id { get; private set; }
    public string Name { get; private set; } = "";

    /// <summary>By which names are alike regardless of case; no two teams have the same.</summary>
    public string NormalizedName { get; private set; } = "";
    public DateTimeOffset CreatedAt { get; private set; }

    internal void Rename(string name)
    {
        Name = Clean(name);
        NormalizedName = Normal(Name);
    }

    /// <exception cref="LabelerException">It has no or too many characters, or some that cannot be seen.</exception>
    internal static string Clean(string name)
    {
        var trimmed = name.Trim();
        LabelerException.ThrowIf(trimmed.Length is 0 or > LongestName, $"A team's name has 1 to {LongestName} characters.");
        LabelerException.ThrowIf(trimmed.Any(char.IsControl), "A team's name holds no control characters.");
        return trimmed;
    }

    internal static string Normal(string name) => name.ToUpperInvariant();
}
