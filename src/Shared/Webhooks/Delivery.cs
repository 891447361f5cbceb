namespace Labeler.Shared.Webhooks;

/// <summary>The numbers are stored.</summary>
public enum DeliveryState { Waiting = 0, Delivered = 1, Failed = 2 }

/// <summary>One time that a message was sent.</summary>
/// <param name="Status">Of the answer; null where none came.</param>
/// <param name="Said">Why it was not taken; null where it was.</param>
public sealed record DeliveryAttempt(DateTimeOffset At, int? Status, int Milliseconds, string? Said);

/// <summary>One event on its way to one webhook. The row is written with what it tells of, so that neither is there without the
/// other.</summary>
public sealed class Delivery
{
    /// <summary>How long a sender may be silent before another takes the delivery.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    /// <summary>How long a delivery stays in the log, and waits at a webhook that gave up.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    private const int MostAttemptsKept = 20;

    /// <summary>Waited after the first, second, … attempt that was not taken; after the last one the delivery has failed.</summary>
    public static readonly IReadOnlyList<TimeSpan> Pauses =
    [
        TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2),
        TimeSpan.FromHours(6), TimeSpan.FromHours(12), TimeSpan.FromHours(24),
    ];

    private Delivery() { }

    internal Delivery(long webhook, EventKind kind, string body, DateTimeOffset now) =>
        (Id, WebhookId, Kind, Body, CreatedAt, NextAt) = (Guid.NewGuid(), webhook, kind, body, now, now);

    /// <summary>The same at every attempt, by which a receiver knows the event again.</summary>
    public Guid Id { get; private set; }
    public long WebhookId { get; private set; }
    public EventKind Kind { get; private set; }

    /// <summary>The JSON that is sent, byte for byte the same at every attempt.</summary>
    public string Body { get; private set; } = "";
    public DeliveryState State { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }
    public DateTimeOffset NextAt { get; private set; }

    /// <summary>Until then a sender has it in hand; null where none has.</summary>
    public DateTimeOffset? LeasedUntil { get; private set; }

    /// <summary>Attempts since it was made or asked for again.</summary>
    public int Tries { get; private set; }

    /// <summary>The last ones, the oldest first.</summary>
    public IReadOnlyList<DeliveryAttempt> Attempts { get; private set; } = [];
    public DateTimeOffset? EndedAt { get; private set; }

    /// <summary>Sends it again, under the same id.</summary>
    public void Again(DateTimeOffset now) =>
        (State, Tries, NextAt, LeasedUntil, EndedAt) = (DeliveryState.Waiting, 0, now, null, null);

    internal void Record(DeliveryAttempt attempt, bool taken, DateTimeOffset now)
    {
        Attempts = [.. Attempts.Append(attempt).TakeLast(MostAttemptsKept)];
        (Tries, LeasedUntil) = (Tries + 1, null);
        // Who tries an address out wants to know now.
        var isLast = Kind == EventKind.Test || Tries > Pauses.Count;
        if (taken || isLast)
        {
            (State, EndedAt) = (taken ? DeliveryState.Delivered : DeliveryState.Failed, now);
        }
        else
        {
            NextAt = now + Pauses[Tries - 1];
        }
    }
}
