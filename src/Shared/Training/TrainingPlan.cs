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

    public static Task<TrainingPlan> Make(LabelerDb db, Epoch epoch, CancellationToken cancel = default) =>
        Make(db, epoch, ofPictures: false, cancel);

    /// <param name="ofPictures">For what learns from the pictures alone, whatever the project's own algorithm needs to know of
    /// them.</param>
    internal static async Task<TrainingPlan> Make(LabelerDb db, Epoch epoch, bool ofPictures, CancellationToken cancel)
    {
        var project = await db.Projects.AsNoTracking().FirstAsync(p => p.Id == epoch.ProjectId, cancel);
        var groups = await db.Groups.AsNoTracking().Include(g => g.Images.OrderBy(i => i.Index))
            .Where(g => g.EpochId == epoch.Id && g.Use != GroupUse.Evaluation).ToDictionaryAsync(g => g.Id, cancel);
        var items = await Judged(db, epoch.Id, cancel);
        if (!ofPictures && project.Source == PictureSource.Sampled
            && AlgorithmInfo.Find(project.Settings.Algorithm) is { NeedsTrajectories: true })
        {
            // Nobody knows how pictures that were brought in were sampled.
            var brought = groups.Values.Where(g => g.Use == GroupUse.Imported).Select(g => g.Id).ToHashSet();
            items = [.. items.Where(i => !brought.Contains(i.Item.GroupId))];
        }
        var withdrawn = await db.Users.Where(a => a.WithdrawnAt != null).Select(a => a.Id).ToHashSetAsync(cancel);
        var preferences = Preferences.From(project.Task, project.Settings, items, withdrawn, groups);
        var sampledBy = epoch.SampledById is { } id ? await db.Checkpoints.AsNoTracking().FirstAsync(c => c.Id == id, cancel) : null;
        var manifest = new Manifest(
            Manifest.CurrentVersion, project.Slug, epoch.Number, project.Settings.ModelFolder, sampledBy?.WeightsHash,
                project.Settings.Algorithm,
                project.Settings.Sampling, project.Settings.Training,
            [.. preferences.Groups.Where(g => groups.ContainsKey(g.GroupId)).Select(g => Of(groups[g.GroupId], g))])
        {
            Optimizer = project.Settings.Training.KeepOptimizer && sampledBy?.Kind == project.Settings.Training.Adapter
                ? sampledBy.KeptOptimizer : null,
            Held = ofPictures ? null : Held(project.Settings, preferences, groups),
        };
        var asked = items.Where(i => i.Item.Use == ItemUse.Training).ToList();
        return new(manifest, preferences, groups.Count, asked.Count,
            asked.Count(i => i.Item.State is ItemState.Open or ItemState.Disputed));
    }

    /// <summary>An epoch's items with every vote on them.</summary>
    public static Task<IReadOnlyList<JudgedItem>> Judged(LabelerDb db, long epochId, CancellationToken cancel = default) =>
        Read(db.Items.Where(i => i.EpochId == epochId), db.Votes.Where(v => v.EpochId == epochId), cancel);

    /// <summary>An epoch's items about the groups between two, both among them, with every vote on them.</summary>
    internal static Task<IReadOnlyList<JudgedItem>> Judged(LabelerDb db, long epochId, (long First, long Last) groups,
        CancellationToken cancel)
    {
        var items = db.Items.Where(i => i.EpochId == epochId && i.GroupId >= groups.First && i.GroupId <= groups.Last);
        return Read(items, db.Votes.Where(v => items.Any(i => i.Id == v.ItemId)), cancel);
    }

    private static async Task<IReadOnlyList<JudgedItem>> Read(IQueryable<Item> asked, IQueryable<Vote> said,
        CancellationToken cancel)
    {
        var items = await asked.AsNoTracking().Include(i => i.First).Include(i => i.Second).OrderBy(i => i.Rank).ToListAsync(cancel);
        var votes = (await said.AsNoTracking().OrderBy(v => v.Id).ToListAsync(cancel)).ToLookup(v => v.ItemId);
        return [.. items.Select(item => new JudgedItem(item, [.. votes[item.Id]]))];
    }

    private static IReadOnlyList<ManifestGroup>? Held(
        ProjectSettings settings, Preferences preferences, IReadOnlyDictionary<long, Group> groups)
    {
        if (settings is not { Algorithm: "d3po", Training: { HoldAlike: true, Loop: UpdateMode.Grouped } })
        {
            return null;
        }
        ManifestGroup[] held =
        [
            .. preferences.Silent.Select(groups.GetValueOrDefault).OfType<Group>()
                .Where(group => group.TrajectoryHash is not null && group.Images.Count > 1)
                .Select(group => Of(group, new GroupPreferences(group.Id, [], []))),
        ];
        return held.Length > 0 ? held : null;
    }

    private static ManifestGroup Of(Group group, GroupPreferences taught) => new(
        group.Id, group.Prompt, group.Seed, group.TrajectoryHash, [.. group.Images.Select(i => i.ContentHash)],
        [.. taught.Pairs.Select(p => new ManifestPreference(p.Winner, p.Loser, p.Weight) { LoserGroup = p.LoserGroup })], taught.VoteIds)
    {
        Verdicts = taught.Judgements.Count == 0 ? null
            : [.. taught.Judgements.Select(one => new ManifestVerdict(one.Image, one.Good, one.Weight))],
    };
}
