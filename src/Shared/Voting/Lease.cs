namespace Labeler.Shared.Voting;

/// <summary>An item in one person's hands for some minutes. There is at most one lease per item and person, ever; it is renewed, not
/// repeated.</summary>
public sealed class Lease
{
    /// <summary>How long a lease lasts without a sign of life.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private Lease() { }

    internal Lease(long itemId, Guid annotatorId, bool firstOnLeft, DateTimeOffset now)
    {
        ItemId = itemId;
        AnnotatorId = annotatorId;
        FirstOnLeft = firstOnLeft;
        Renew(now);
    }

    public long Id { get; private set; }
    public long ItemId { get; private set; }
    public Item? Item { get; private set; }
    public Guid AnnotatorId { get; private set; }
    public DateTimeOffset TakenAt { get; private set; }
    public DateTimeOffset ExpiresAt { get; private set; }

    /// <summary>The side of a pair, drawn when it was handed out.</summary>
    public bool FirstOnLeft { get; private set; }
    public DateTimeOffset? DoneAt { get; private set; }

    /// <summary>When this person was shown which model made the item; a vote after that is rejected.</summary>
    public DateTimeOffset? UnblindedAt { get; private set; }

    internal void Renew(DateTimeOffset now)
    {
        TakenAt = now;
        ExpiresAt = now + Lifetime;
        DoneAt = null;
    }

    internal void Finish(DateTimeOffset now) => DoneAt = now;

    internal void Unblind(DateTimeOffset now) => UnblindedAt ??= now;
}
