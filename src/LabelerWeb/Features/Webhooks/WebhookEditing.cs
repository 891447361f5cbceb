using Labeler.Shared.Webhooks;
using Labeler.Shared.Webhooks.Sending;
using Labeler.Web.Components.Layout;

namespace Labeler.Web.Features.Webhooks;

/// <summary>What leads and admins do to webhooks.</summary>
public sealed class WebhookEditing(LabelerDb db, WebhookSecrets secrets, DeliveryQueue queue, MailOptions mail, TimeProvider time)
{
    /// <param name="project">Null for one that hears of every project.</param>
    /// <returns>The webhook, and its secret, which is shown once.</returns>
    public async Task<(Webhook Webhook, string Secret)> Add(
        long? project, string name, string address, IEnumerable<EventKind> events, Guid by)
    {
        LabelerException.ThrowIf(
            project is not null && !await db.Projects.AnyAsync(p => p.Id == project && p.DeletedAt == null), "There is no such project.");
        LabelerException.ThrowIf(
            await db.Webhooks.CountAsync(w => w.ProjectId == project) >= Webhook.MostOfProject,
            Texts.Say($"There are at most {Webhook.MostOfProject} webhooks here: remove one first."));
        var (shown, kept) = secrets.Make();
        var webhook = new Webhook(project, name, address, events, kept, by, time.GetUtcNow());
        RequireMail(webhook);
        db.Webhooks.Add(webhook);
        await db.SaveChangesAsync();
        return (webhook, shown);
    }

    /// <exception cref="LabelerException">A name, an address or the events cannot be used, or no mail server is set up.</exception>
    public void Rewrite(Webhook webhook, string name, string address, IEnumerable<EventKind> events)
    {
        webhook.Change(name, address, events);
        RequireMail(webhook);
    }

    public async Task Change(long id, Action<Webhook> verb)
    {
        verb(await Find(id));
        await db.SaveChangesAsync();
    }

    /// <returns>The secret, which is shown once.</returns>
    public async Task<string> NewSecret(long id)
    {
        var (shown, kept) = secrets.Make();
        await Change(id, webhook => webhook.ReplaceSecret(kept));
        return shown;
    }

    /// <returns>The address of the page on which it stood.</returns>
    public async Task<string> Remove(long id)
    {
        var webhook = await Find(id);
        var slug = await db.Projects.Where(p => p.Id == webhook.ProjectId).Select(p => p.Slug).FirstOrDefaultAsync();
        db.Webhooks.Remove(webhook);
        await db.SaveChangesAsync();
        return slug is null ? "/system/webhooks" : $"/{ProjectTab.Webhooks.Address(slug)}";
    }

    /// <summary>Sends an event that means nothing.</summary>
    public async Task<DeliveryAttempt?> Test(long id, CancellationToken cancel)
    {
        var delivery = Outbox.Test(await Find(id), time.GetUtcNow());
        db.Deliveries.Add(delivery);
        await db.SaveChangesAsync(cancel);
        return await queue.SendNow(delivery.Id, id, cancel);
    }

    /// <summary>Sends a delivery once more, under the same id.</summary>
    public async Task<DeliveryAttempt?> Again(long id, Guid which, CancellationToken cancel)
    {
        var delivery = await db.Deliveries.FirstOrDefaultAsync(d => d.Id == which && d.WebhookId == id, cancel)
            ?? throw new LabelerException("That delivery is not in the log any more.");
        delivery.Again(time.GetUtcNow());
        await db.SaveChangesAsync(cancel);
        return await queue.SendNow(which, id, cancel);
    }

    private void RequireMail(Webhook webhook) => LabelerException.ThrowIf(webhook.Mailbox is not null && !mail.IsOn,
        MailOptions.Missing);

    private async Task<Webhook> Find(long id) => await db.Webhooks.FirstOrDefaultAsync(webhook => webhook.Id == id)
        ?? throw new LabelerException("There is no such webhook; load the page again.");
}
