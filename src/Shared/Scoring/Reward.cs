namespace Labeler.Shared.Scoring;

/// <summary>A number for any picture, set up by an admin and named by projects: as their teacher, or as a figure of their epochs.</summary>
public sealed class Reward
{
    private Reward() { }

    public Reward(string name, RewardKind kind, RewardSettings settings, string? protectedKey, string createdBy, DateTimeOffset now)
    {
        Rename(name);
        var faults = settings.Faults(kind);
        LabelerException.ThrowIf(faults.Count > 0, string.Join(" ", faults));
        Kind = kind;
        Settings = settings;
        ProtectedKey = protectedKey;
        CreatedBy = createdBy;
        CreatedAt = now;
    }

    public long Id { get; private set; }
    public string Name { get; private set; } = "";
    public RewardKind Kind { get; private set; }
    public RewardSettings Settings { get; private set; } = new();

    /// <summary>What a server is to be shown, encrypted by <see cref="RewardKeys"/>; null where it needs none. Nobody is shown it
    /// again.</summary>
    public string? ProtectedKey { get; private set; }
    public string CreatedBy { get; private set; } = "";
    public DateTimeOffset CreatedAt { get; private set; }

    /// <summary>When an admin who had seen it try took it into use; null for a draft.</summary>
    public DateTimeOffset? InUseSince { get; private set; }

    /// <summary>Offered to projects no longer; what it has scored stays.</summary>
    public DateTimeOffset? RetiredAt { get; private set; }

    public bool IsInUse => InUseSince is not null && RetiredAt is null;

    public void Rename(string name)
    {
        var trimmed = name.Trim();
        LabelerException.ThrowIf(
            trimmed.Length is 0 or > 60 || trimmed.Any(char.IsControl), "A reward's name has 1 to 60 letters, on one line.");
        Name = trimmed;
    }

    public void ReplaceKey(string? protectedKey) => ProtectedKey = protectedKey;

    /// <summary>Offers it to projects.</summary>
    /// <param name="tried">Pictures that it has scored.</param>
    /// <exception cref="LabelerException">Nobody can have seen what it answers.</exception>
    public void TakeIntoUse(int tried, DateTimeOffset now)
    {
        LabelerException.ThrowIf(tried == 0, "Try it on some pictures first, and look at its answers.");
        RetiredAt = null;
        InUseSince ??= now;
    }

    public void Retire(DateTimeOffset now) => RetiredAt ??= now;
}
