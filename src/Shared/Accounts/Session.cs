namespace Labeler.Shared.Accounts;

/// <summary>One signing in on one device. A cookie carries its id and is good for nothing once the session has ended.</summary>
public sealed class Session
{
    public const int LongestUserAgent = 400;

    /// <summary>A session that was not seen for so long is over.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(14);

    /// <summary>How long the row of a session that is over stays.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    private Session() { }

    /// <param name="userAgent">As the browser calls itself; the beginning of it is kept.</param>
    /// <param name="address">The network address that signed in; empty where there is none.</param>
    public Session(Guid account, string userAgent, string address, DateTimeOffset now)
    {
        Id = Guid.NewGuid();
        AccountId = account;
        UserAgent = userAgent.Length > LongestUserAgent ? userAgent[..LongestUserAgent] : userAgent;
        Address = address;
        CreatedAt = now;
        SeenAt = now;
    }

    /// <summary>Random, so that nobody guesses another's.</summary>
    public Guid Id { get; private set; }
    public Guid AccountId { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }

    /// <summary>Up to a minute or so older than the last request.</summary>
    public DateTimeOffset SeenAt { get; private set; }
    public DateTimeOffset? EndedAt { get; private set; }
    public string UserAgent { get; private set; } = "";
    public string Address { get; private set; } = "";

    /// <summary>Ends one session of an account; false where it has none such that is open.</summary>
    public static async Task<bool> End(LabelerDb db, Guid account, Guid id, DateTimeOffset now, CancellationToken cancel = default) =>
        await db.Sessions.Where(s => s.Id == id && s.AccountId == account && s.EndedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(s => s.EndedAt, now), cancel) == 1;

    /// <summary>Ends every session of an account.</summary>
    /// <param name="except">The one that goes on; null where none does.</param>
    public static Task<int> EndAll(
        LabelerDb db, Guid account, DateTimeOffset now, Guid? except = null, CancellationToken cancel = default) =>
        db.Sessions.Where(s => s.AccountId == account && s.EndedAt == null && s.Id != except)
            .ExecuteUpdateAsync(set => set.SetProperty(s => s.EndedAt, now), cancel);

    /// <summary>Notes that requests came in these sessions.</summary>
    public static Task<int> See(LabelerDb db, IReadOnlyCollection<Guid> ids, DateTimeOffset now, CancellationToken cancel = default) =>
        db.Sessions.Where(s => ids.Contains(s.Id) && s.SeenAt < now).ExecuteUpdateAsync(set => set.SetProperty(s => s.SeenAt, now), cancel);

    /// <summary>Removes what has been over for <see cref="Kept"/>.</summary>
    public static Task<int> RemoveOld(LabelerDb db, DateTimeOffset now, CancellationToken cancel = default)
    {
        var (ended, unseen) = (now - Kept, now - Kept - Lifetime);
        return db.Sessions.Where(s => s.EndedAt < ended || s.SeenAt < unseen).ExecuteDeleteAsync(cancel);
    }
}

public static class Sessions
{
    /// <summary>Those that let somebody in.</summary>
    public static IQueryable<Session> Open(this IQueryable<Session> sessions, DateTimeOffset now)
    {
        var seen = now - Session.Lifetime;
        return sessions.Where(s => s.EndedAt == null && s.SeenAt > seen);
    }
}
