namespace Labeler.Shared.Voting;

/// <summary>What somebody was given.</summary>
/// <param name="Leases">Each with its item, the item's group and images.</param>
/// <param name="Why">Why there is nothing; null when there is something.</param>
public sealed record ItemBatch(IReadOnlyList<Lease> Leases, NoItemsReason? Why);

public enum NoItemsReason
{
    NoProject,
    NoneOpen,
    OptedOut,
    ExposureSpent,

    /// <summary>The person withdrew their votes from training.</summary>
    Withdrawn,

    /// <summary>The project asks for a practice that this person has not passed.</summary>
    Practice,

    /// <summary>The person has given, or holds, as many as they are asked for in a day.</summary>
    QuotaOfDay,

    /// <summary>The person has given, or holds, as many as they are asked for in all.</summary>
    QuotaInTotal,
}
