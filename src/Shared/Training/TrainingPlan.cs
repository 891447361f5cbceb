using Labeler.Shared.Epochs;
using Labeler.Shared.Projects;
using Labeler.Shared.Samples;
using Labeler.Shared.Voting;

namespace Labeler.Shared.Training;

/// <summary>The dry run: what Train would use now.</summary>
/// <param name="Groups">Labeled groups in the epoch, used or not.</param>
/// <param name="Open">Items that still want votes.</param>
public sealed record TrainingPlan(Manifest Manifest, Preferences Preferences, int Groups, int Items, int Open)
{
    public string Hash { get; } = Manifest.Hash();
    public int Signal => Preferences.Signal;

    /// <summary>How many votes teach nothing, by reason.</summary>
    public IReadOnlyDictionary<Exclusion, int> Excluded { get; } = Preferences.Excluded.CountBy(e => e.Why).ToDictionary();
    /// <summary>What must be there before anything can be learned.</summary>
    public string WhatIsMissing => Preferences.OfImages ? "images judged good and images judged bad are needed, at least one of each"
        : "no two images of a group were judged differently";

    /// <summary>What <see cref="Signal"/> counts.</summary>
    public string SignalName => Preferences.OfImages ? "judged images" : "usable pairs";
    public bool IsJudged => Open == 0 && Items > 0;

    /// <summary>Is there enough to train on by the project's own rule: the budget is reached, or everything is judged?</summary>
    public bool IsReady(ProjectSettings settings) => Signal > 0 && (Signal >= settings.SignalBudget || IsJudged);

    public static async Task<TrainingPlan> Make(LabelerDb db, Epoch epoch, CancellationToken cancel = default)
    {
        var project = await db.Projects.AsNoTracking().FirstAsync(p => p.Id == epoch.ProjectId, cancel);
        var groups = await db.Groups.AsNoTracking().Include(g => g.Images.OrderBy(i => i.Index))
            .Where(g => g.EpochId == epoch.Id && g.Use != GroupUse.Evaluation).ToDictionaryAsync(g => g.Id, cancel);
        var items = await Judged(db, epoch.Id, cancel);
        var withdrawn = await db.Users.Where(a => a.WithdrawnAt != null).Select(a => a.Id).ToHashSetAsync(cancel);
        var preferences = Preferences.From(project.Task, project.Settings, items, withdrawn,
            groups.ToDictionary(g => g.Key, g => g.Value.Prompt));
        var reference = epoch.SampledById is { } id ? await db.Checkpoints.Where(c => c.Id == id).Select(c => c.WeightsHash)
            .FirstAsync(cancel) : null;
        var manifest = new Manifest(
            Manifest.CurrentVersion, project.Slug, epoch.Number, project.Settings.ModelFolder, reference, project.Settings.Algorithm,
                project.Settings.Sampling, project.Settings.Training,
            [.. preferences.Groups.Where(g => groups.ContainsKey(g.GroupId)).Select(g => Of(groups[g.GroupId], g))]);
        var asked = items.Where(i => i.Item.Use == ItemUse.Training).ToList();
        return new(manifest, preferences, groups.Count, asked.Count,
            asked.Count(i => i.Item.State is ItemState.Open or ItemState.Disputed));
    }

    /// <summary>An epoch's items with every vote on them.</summary>
    public static async Task<IReadOnlyList<JudgedItem>> Judged(LabelerDb db, long epochId, CancellationToken cancel = default)
    {
        var items = await db.Items.AsNoTracking().Include(i => i.First).Include(i => i.Second).Where(i => i.EpochId == epochId)
            .OrderBy(i => i.Rank).ToListAsync(cancel);
        var votes = (await db.Votes.AsNoTracking().Where(v => v.EpochId == epochId).OrderBy(v => v.Id).ToListAsync(cancel))
            .ToLookup(v => v.ItemId);
        return [.. items.Select(item => new JudgedItem(item, [.. votes[item.Id]]))];
    }

    private static ManifestGroup Of(Group group, GroupPreferences taught) => new(
        group.Id, group.Prompt, group.Seed, group.TrajectoryHash, [.. group.Images.Select(i => i.ContentHash)],
        [.. taught.Pairs.Select(p => new ManifestPreference(p.Winner, p.Loser, p.Weight) { LoserGroup = p.LoserGroup })], taught.VoteIds)
    {
        Verdicts = taught.Judgements.Count == 0 ? null
            : [.. taught.Judgements.Select(one => new ManifestVerdict(one.Image, one.Good, one.Weight))],
    };
}
