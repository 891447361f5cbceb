namespace Labeler.Shared.Webhooks;

/// <summary>Something that happened, to be told to other programs.</summary>
/// <param name="Data">What is said of it; asked once all is written, as new rows have their numbers only then.</param>
public sealed record Announcement(EventKind Kind, long ProjectId, DateTimeOffset At, Func<object> Data);

/// <summary>An entity whose verbs tell of what they do. Saving writes what was told into the outbox, in the same transaction.</summary>
public abstract class Announcing
{
    // None for most: votes are read by the hundred thousand.
    private List<Announcement>? _told;

    internal bool HasTold => _told is not null;

    internal void Tell(Announcement announcement) => (_told ??= []).Add(announcement);

    internal IReadOnlyList<Announcement> TakeTold()
    {
        IReadOnlyList<Announcement> told = _told ?? [];
        _told = null;
        return told;
    }
}
