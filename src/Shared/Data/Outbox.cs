using Labeler.Shared.Webhooks;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace Labeler.Shared.Data;

/// <summary>Writes what entities told into a delivery for each webhook that wants it.</summary>
public static class Outbox
{
    /// <summary>What was told since the last time.</summary>
    internal static IReadOnlyList<Announcement> Take(ChangeTracker tracker)
    {
        // Whatever told is tracked already; changes are looked for when it is saved.
        var detects = tracker.AutoDetectChangesEnabled;
        tracker.AutoDetectChangesEnabled = false;
        Announcement[] told = [.. tracker.Entries<Announcing>().Where(entry => entry.Entity.HasTold)
            .SelectMany(entry => entry.Entity.TakeTold())];
        tracker.AutoDetectChangesEnabled = detects;
        return told;
    }

    /// <summary>Adds the deliveries; whoever asks saves them. Call it when what was told is written.</summary>
    internal static async Task Put(LabelerDb db, IReadOnlyList<Announcement> told, CancellationToken cancel)
    {
        foreach (var one in told)
        {
            var wanting = await db.Webhooks.AsNoTracking()
                .Where(w => w.State != WebhookState.Off && (w.ProjectId == null || w.ProjectId == one.ProjectId)).ToListAsync(cancel);
            if (!wanting.Exists(webhook => webhook.Wants(one.Kind)))
            {
                continue;
            }
            var project = await db.Projects.Where(p => p.Id == one.ProjectId).Select(p => new { p.Id, p.Slug, p.Name })
                .FirstAsync(cancel);
            var body = Body(one.Kind, one.At, new { project, about = one.Data() });
            db.Deliveries.AddRange(
                wanting.Where(webhook => webhook.Wants(one.Kind)).Select(webhook => new Delivery(webhook.Id, one.Kind, body, one.At)));
        }
    }

    /// <summary>A delivery that tells of nothing, to be added and saved.</summary>
    public static Delivery Test(Webhook webhook, DateTimeOffset now) => new(webhook.Id, EventKind.Test,
        Body(EventKind.Test, now, new { webhook = webhook.Name, about = new { text = "This is a test." } }), now);

    private static string Body(EventKind kind, DateTimeOffset at, object data) =>
        JsonText.Write(new { type = kind.Name(), timestamp = at, data });
}
