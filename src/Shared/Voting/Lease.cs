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

    /// <summary>The vote whose flags this person is shown, to confirm or change them; null where they judge by themselves.</summary>
    public long? ChecksId { get; private set; }

    /// <summary>What that vote says; loaded by <see cref="Checking.Show"/>.</summary>
    public FlagVerdict? Checked { get; internal set; }

    /// <summary>What people hold of a project's items goes to others.</summary>
    internal static Task GiveBackAll(
        LabelerDb db, long project, IReadOnlyCollection<Guid> people, DateTimeOffset now, CancellationToken cancel) =>
        db.Leases.Where(l => people.Contains(l.AnnotatorId) && l.DoneAt == null && l.ExpiresAt > now && l.Item!.ProjectId == project)
            .ExecuteUpdateAsync(set => set.SetProperty(l => l.ExpiresAt, now), cancel);

    internal void Renew(DateTimeOffset now)
    {
        TakenAt = now;
        ExpiresAt = now + Lifetime;
        DoneAt = null;
    }

    /// <summary>The item can be handed to this person again.</summary>
    internal void GiveBack(DateTimeOffset now) => (DoneAt, ExpiresAt) = (null, now);

    internal void Finish(DateTimeOffset now) => DoneAt = now;

    internal void Unblind(DateTimeOffset now) => UnblindedAt ??= now;
}
