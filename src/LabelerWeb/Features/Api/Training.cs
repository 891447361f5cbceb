using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Labeler.Web.Features.Api;

public static class Training
{
    /// <param name="Hash">Names exactly what would be learned from; send it to train on that and nothing else.</param>
    /// <param name="Signal">Usable pairs, or judged images.</param>
    public sealed record PlanAnswer(string Hash, int Signal, int Groups, int Excluded);

    /// <param name="Winner">SHA-256 of the better picture.</param>
    /// <param name="Loser">SHA-256 of the worse one.</param>
    public sealed record Preference(long Group, string Prompt, string Winner, string Loser, double Weight);

    public sealed record Confirmed(string Hash);

    public sealed record Queued(long Job);

    public static async Task<Ok<PlanAnswer>> Plan(long epoch, EpochCycle cycle, CancellationToken cancel)
    {
        var plan = await cycle.DryRun(epoch, cancel);
        return TypedResults.Ok(new PlanAnswer(plan.Hash, plan.Signal, plan.Manifest.Groups.Count, plan.Preferences.Excluded.Count));
    }

    /// <summary>What training used, or would use now; a page holds whole groups.</summary>
    public static async Task<Ok<Page<Preference>>> Preferences(
        long epoch, ClaimsPrincipal user, EpochCycle cycle, LabelerDb db, FileStore files, ItemQueue queue, CancellationToken cancel,
        long? after = null, int? limit = null)
    {
        var asked = new PageAsked(after, limit);
        var hash = await db.Epochs.Where(e => e.Id == epoch).Select(e => e.ManifestHash).FirstOrDefaultAsync(cancel);
        var manifest = hash is null ? (await cycle.DryRun(epoch, cancel)).Manifest : Manifest.Read(await files.Read(hash));
        var groups = manifest.Groups.ToDictionary(group => group.Id);
        var later = manifest.Groups.Where(group => group.Id > asked.From).OrderBy(group => group.Id).ToList();
        var shown = later.Take(asked.Count).ToList();
        // Whoever has read what others said cannot judge blindly any more.
        await queue.UnblindAbout(user.AccountId(), [.. shown.Select(group => group.Id)], cancel);
        return TypedResults.Ok(new Page<Preference>(
            [.. from one in shown
                from pair in one.Preferences
                let loser = groups[pair.LoserGroup ?? one.Id].Images[pair.Loser]
                select new Preference(one.Id, one.Prompt, one.Images[pair.Winner], loser, pair.Weight)],
            later.Count > shown.Count ? shown[^1].Id : null));
    }

    public static async Task<Accepted<Queued>> Train(long epoch, Confirmed confirmed, EpochCycle cycle, CancellationToken cancel) =>
        TypedResults.Accepted((string?)null, new Queued((await cycle.Train(epoch, confirmed.Hash, cancel)).Id));

    public static async Task<NoContent> Cancel(long epoch, EpochCycle cycle, CancellationToken cancel)
    {
        await cycle.Cancel(epoch, cancel: cancel);
        return TypedResults.NoContent();
    }
}
