using Labeler.Shared.Audit;
using Labeler.Shared.ModelServers;

namespace Labeler.Shared.Webhooks.Sending;

/// <summary>
/// Sends what the outbox holds. Several processes may do so at once: a delivery is taken by one statement and given up by whoever falls
/// silent, so that each event arrives at least once.
/// </summary>
public sealed class DeliveryQueue(
    IDbContextFactory<LabelerDb> contexts, WebhookSecrets secrets, ReachOptions reach, MailOptions mail, TimeProvider time) : IDisposable
{
    private const int AtOnce = 20;
    private const int Gone = 410;

    private readonly WebhookPost _post = new(reach, time);
    private readonly MailPost _letters = new(mail, time);

    /// <summary>The webhooks for which something is due.</summary>
    public async Task<IReadOnlyList<long>> Due(CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        return await WaitingWhereOn(db).Select(d => d.WebhookId).Distinct().ToListAsync(cancel);
    }

    /// <summary>Sends what is due for one webhook, the oldest first, until one is not taken.</summary>
    /// <returns>How many were taken.</returns>
    public async Task<int> Send(long webhook, CancellationToken cancel = default)
    {
        var taken = 0;
        foreach (var id in await Next(webhook, cancel))
        {
            if (!await Claim(id, cancel))
            {
                continue;
            }
            if (!(await SendClaimed(id, webhook, cancel)).Taken)
            {
                break;
            }
            taken++;
        }
        return taken;
    }

    /// <summary>Sends one that waits, also of a webhook that is switched off, and says what came of it; null where another sender has
    /// it.</summary>
    public async Task<DeliveryAttempt?> SendNow(Guid id, long webhook, CancellationToken cancel = default)
    {
        await using (var db = await contexts.CreateDbContextAsync(cancel))
        {
            if (!await Claim(Waiting(db).Where(d => d.Id == id), cancel))
            {
                return null;
            }
        }
        return (await SendClaimed(id, webhook, cancel)).Attempt;
    }

    /// <summary>Takes a delivery in hand; false where another did.</summary>
    public async Task<bool> Claim(Guid id, CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        return await Claim(WaitingWhereOn(db).Where(d => d.Id == id), cancel);
    }

    /// <summary>Removes from the log what is older than <see cref="Delivery.Kept"/>.</summary>
    public async Task RemoveOld(CancellationToken cancel = default)
    {
        var old = time.GetUtcNow() - Delivery.Kept;
        await using var db = await contexts.CreateDbContextAsync(cancel);
        await db.Deliveries.Where(d => d.CreatedAt < old && (d.State != DeliveryState.Waiting
            || db.Webhooks.Any(w => w.Id == d.WebhookId && w.State != WebhookState.On))).ExecuteDeleteAsync(cancel);
    }

    private IQueryable<Delivery> Waiting(LabelerDb db)
    {
        var now = time.GetUtcNow();
        // A lease that ends later than any could was written by a clock that jumped.
        var latest = now + Delivery.Lease + ClockSkew.Tolerance;
        return db.Deliveries.Where(d => d.State == DeliveryState.Waiting && d.NextAt <= now
            && (d.LeasedUntil == null || d.LeasedUntil < now || d.LeasedUntil > latest));
    }

    private IQueryable<Delivery> WaitingWhereOn(LabelerDb db) =>
        Waiting(db).Where(d => db.Webhooks.Any(w => w.Id == d.WebhookId && w.State == WebhookState.On));

    private async Task<bool> Claim(IQueryable<Delivery> one, CancellationToken cancel)
    {
        var until = time.GetUtcNow() + Delivery.Lease;
        return await one.ExecuteUpdateAsync(set => set.SetProperty(d => d.LeasedUntil, until), cancel) == 1;
    }

    private async Task<List<Guid>> Next(long webhook, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        return await WaitingWhereOn(db).Where(d => d.WebhookId == webhook).OrderBy(d => d.CreatedAt).Select(d => d.Id).Take(AtOnce)
            .ToListAsync(cancel);
    }

    private async Task<(DeliveryAttempt Attempt, bool Taken)> SendClaimed(Guid id, long webhook, CancellationToken cancel)
    {
        Delivery delivery;
        Webhook to;
        await using (var db = await contexts.CreateDbContextAsync(cancel))
        {
            delivery = await db.Deliveries.AsNoTracking().FirstAsync(d => d.Id == id, cancel);
            to = await db.Webhooks.AsNoTracking().FirstAsync(w => w.Id == webhook, cancel);
        }
        var (attempt, taken) = await Try(to, delivery, cancel);
        // It was sent, so it is written down also when the program is about to end.
        await Record(id, webhook, attempt, taken);
        return (attempt, taken);
    }

    private async Task<(DeliveryAttempt Attempt, bool Taken)> Try(Webhook to, Delivery delivery, CancellationToken cancel)
    {
        if (to.Mailbox is { } mailbox)
        {
            return await _letters.Send(mailbox, delivery, cancel);
        }
        string secret;
        try
        {
            secret = secrets.Open(to.ProtectedSecret);
        }
        catch (LabelerException error)
        {
            return (new(time.GetUtcNow(), null, 0, error.Message), false);
        }
        return await _post.Send(to.Address, secret, delivery, cancel);
    }

    private async Task Record(Guid id, long webhook, DeliveryAttempt attempt, bool taken)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var now = time.GetUtcNow();
        // Somebody may have removed the webhook meanwhile, and with it what was on its way.
        if (await db.Deliveries.FirstOrDefaultAsync(d => d.Id == id) is not { } delivery
            || await db.Webhooks.FirstOrDefaultAsync(w => w.Id == webhook) is not { } to)
        {
            return;
        }
        delivery.Record(attempt, taken, now);
        if (taken)
        {
            to.Accept(now);
        }
        else if (to.State == WebhookState.On && (attempt.Status == Gone
            || (delivery is { State: DeliveryState.Failed, Kind: not EventKind.Test } && !(to.AcceptedAt > delivery.CreatedAt))))
        {
            to.GiveUp(attempt.Said ?? "");
            db.AuditEntries.Add(new(now, "webhook gave up", $"webhook {to.Id}", AuditOutcome.Failed, "") { ProjectId = to.ProjectId });
        }
        await db.SaveChangesAsync();
    }

    public void Dispose() => _post.Dispose();
}
