using Labeler.Shared.Webhooks.Sending;

namespace Labeler.Web.Maintenance.Looks;

/// <summary>Whether the keys open what was encrypted with them.</summary>
internal sealed class KeysLook(IServiceProvider services, DoctorReport report)
{
    public async Task Run(CancellationToken cancel)
    {
        await using var db = await services.GetRequiredService<IDbContextFactory<LabelerDb>>().CreateDbContextAsync(cancel);
        var (rewards, webhooks) = (services.GetRequiredService<RewardKeys>(), services.GetRequiredService<WebhookSecrets>());
        var (opened, lost) = (0, 0);
        foreach (var reward in await db.Rewards.Where(reward => reward.ProtectedKey != null).ToListAsync(cancel))
        {
            Open($"the key of the reward \"{reward.Name}\"", () => rewards.Open(reward.ProtectedKey));
        }
        foreach (var webhook in await db.Webhooks.Where(webhook => webhook.ProtectedSecret != "").ToListAsync(cancel))
        {
            Open($"the secret of webhook {webhook.Id}", () => webhooks.Open(webhook.ProtectedSecret));
        }
        if (lost == 0)
        {
            report.Say("keys", opened == 0 ? "nothing is encrypted with them yet" : $"they open all {opened} secrets of the database");
        }

        void Open(string what, Func<string?> open)
        {
            try
            {
                open();
                opened++;
            }
            catch (LabelerException)
            {
                lost++;
                report.Fault("keys", $"{what} cannot be opened: bring the keys back from a backup, or set it anew");
            }
        }
    }
}
