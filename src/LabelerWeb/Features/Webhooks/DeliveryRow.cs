using Labeler.Shared.Webhooks;

namespace Labeler.Web.Features.Webhooks;

/// <summary>A delivery as the log of a webhook shows it.</summary>
public sealed class DeliveryRow
{
    public Guid Id { get; init; }
    public EventKind Event { get; init; }
    public DeliveryState State { get; init; }
    public DateTimeOffset At { get; init; }
    public int Tries { get; init; }

    /// <summary>When it is tried again; of those that wait.</summary>
    public DateTimeOffset Next { get; init; }
    public DateTimeOffset? Ended { get; init; }

    public static IQueryable<DeliveryRow> Of(LabelerDb db, long webhook) =>
        db.Deliveries.AsNoTracking().Where(delivery => delivery.WebhookId == webhook).Select(delivery => new DeliveryRow
        {
            Id = delivery.Id,
            Event = delivery.Kind,
            State = delivery.State,
            At = delivery.CreatedAt,
            Tries = delivery.Tries,
            Next = delivery.NextAt,
            Ended = delivery.EndedAt,
        });
}
