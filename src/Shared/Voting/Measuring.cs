using Labeler.Shared.Epochs;
using Labeler.Shared.Projects;
using Labeler.Shared.Samples;

namespace Labeler.Shared.Voting;

/// <summary>
/// What is asked to measure. People: gold items, whose answer is known, and anchors, which were judged in the project's first epoch. Models
/// of projects that compare: duels with the model before.
/// </summary>
internal static class Measuring
{
    /// <summary>The measuring items of an epoch that has just begun.</summary>
    public static async Task<IReadOnlyList<Item>> Again(LabelerDb db, Project project, Epoch epoch, CancellationToken cancel)
    {
        var gold = await db.Items.AsNoTracking().Where(i => i.ProjectId == project.Id && i.Use == ItemUse.Gold && i.Gold != null)
            .Where(i => db.Epochs.Any(e => e.Id == i.EpochId && e.Number == epoch.Number - 1)).OrderBy(i => i.Id).ToListAsync(cancel);
        return [.. gold.Select(item => Item.Again(item, ItemUse.Gold, epoch)),
            .. (await Anchors(db, project, cancel)).Select(item => Item.Again(item, ItemUse.Anchor, epoch))];
    }

    /// <summary>What a project that compares asks about an evaluation group: each picture against the one of the same prompt and noise
    /// from the epoch that the model learned from, where they differ.</summary>
    public static async Task<IReadOnlyList<Item>> Duels(LabelerDb db, Project project, Group group, CancellationToken cancel)
    {
        if (!project.Compares)
        {
            return [];
        }
        var before = await db.Groups.AsNoTracking().Include(g => g.Images)
            .Where(g => g.Use == GroupUse.Evaluation && g.Number == group.Number && g.Prompt == group.Prompt && g.Seed == group.Seed)
            .FirstOrDefaultAsync(g => db.Epochs.Any(e => e.Id == group.EpochId && e.SampledBy!.EpochId == g.EpochId), cancel);
        return before is null ? []
            : [.. group.Images.Join(before.Images, now => now.Index, then => then.Index, (now, then) => (Now: now, Then: then))
            .Where(pair => pair.Now.ContentHash != pair.Then.ContentHash).Select(pair => Item.Duel(group, pair.Now, pair.Then))];
    }

    // Always the same ones, drawn by chance from the first epoch in which anything was judged to its end.
    private static async Task<List<Item>> Anchors(LabelerDb db, Project project, CancellationToken cancel)
    {
        var judged = db.Items.AsNoTracking()
            .Where(i => i.ProjectId == project.Id && i.Use == ItemUse.Training && i.State == ItemState.Done);
        if (project.Settings.Anchors == 0 || await judged.MinAsync(i => (long?)i.EpochId, cancel) is not { } first)
        {
            return [];
        }
        var items = await judged.Where(i => i.EpochId == first).OrderBy(i => i.Id).ToListAsync(cancel);
        return [.. items.OrderBy(i => i.Id * 2654435761 % 65536).ThenBy(i => i.Id).Take(project.Settings.Anchors)];
    }
}
