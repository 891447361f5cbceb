using System.IO.Compression;
using System.Text.Json;
using Labeler.Shared.Imaging;
using Labeler.Shared.Projects;
using Labeler.Shared.Samples;
using Labeler.Shared.Storage;
using Labeler.Shared.Voting;

namespace Labeler.Shared.Exports;

/// <summary>
/// A flag epoch in D3PO's own files (github yk7333/d3po): <c>prompt.json</c>, <c>images/00000.png …</c> in order, and <c>labels/</c> with
/// one JSON file per rater,
/// each a list of one list per prompt of −1 (flagged) or 0. Its reader averages the files, so every file holds every group:
/// file n has the n-th vote on each group. Groups that lack a vote, or an image that somebody did not see, are left out, since 0 would say
/// "normal".
/// </summary>
public static class D3poLabels
{
    /// <summary>Writes a zip.</summary>
    /// <returns>Groups written and left out.</returns>
    public static async Task<(int Written, int LeftOut)> Write(LabelerDb db, FileStore files, long epochId, Stream output,
        CancellationToken cancel = default)
    {
        var (groups, leftOut) = await Complete(db, epochId, cancel);
        await using var zip = await ZipArchive.CreateAsync(output, ZipArchiveMode.Create, leaveOpen: true, null, cancel);
        await Json(zip, "prompt.json", groups.Select(g => g.Group.Prompt), cancel);
        var raters = groups.Count == 0 ? 0 : groups.Min(g => g.Votes.Count);
        for (var rater = 0; rater < raters; rater++)
        {
            await Json(zip, $"labels/rater{rater + 1}.json", groups.Select(g => Row(g.Votes[rater])), cancel);
        }
        var number = 0;
        foreach (var image in groups.SelectMany(g => g.Group.Images))
        {
            var picture = await DeliveredPicture.Read(files, image.ContentHash, Delivered.Png, cancel);
            await using var entry = await zip.CreateEntry($"images/{number++:00000}.png", CompressionLevel.NoCompression).OpenAsync(cancel);
            await entry.WriteAsync(picture, cancel);
        }
        return (groups.Count, leftOut);
    }

    private static int[] Row(FlagVerdict verdict) =>
        [.. verdict.Tiles.OrderBy(t => t.Index).Select(t => t.Flags == FlagKinds.None ? 0 : -1)];

    private static async Task<(List<(Group Group, List<FlagVerdict> Votes)> Groups, int LeftOut)> Complete(LabelerDb db, long epochId,
        CancellationToken cancel)
    {
        var epoch = await db.Epochs.AsNoTracking().FirstAsync(e => e.Id == epochId, cancel);
        var project = await db.Projects.AsNoTracking().FirstAsync(p => p.Id == epoch.ProjectId, cancel);
        LabelerException.ThrowIf(
            project.Task != LabelingTask.FlagBatch, "D3PO's label files hold flags: only a flag project can be written in them.");
        var groups = await db.Groups.AsNoTracking().Include(g => g.Images.OrderBy(i => i.Index))
            .Where(g => g.EpochId == epochId && g.Use == GroupUse.Labeling).OrderBy(g => g.Number).ToListAsync(cancel);
        var votes =
            (await db.Votes.AsNoTracking().Effective().Where(v => v.EpochId == epochId && v.Item!.Use == ItemUse.Training)
                .OrderBy(v => v.Id)
            .Select(v => new
            {
                v.Item!.GroupId,
                // A checked item's votes count once they are confirmed or decided, and are one.
                VotesWanted = v.Item.Check == ItemCheck.None ? v.Item.VotesWanted : 1,
                v.Verdict,
            }).ToListAsync(cancel)).ToLookup(v => v.GroupId);
        var complete = groups
            .Select(group =>
                (group, Votes: votes[group.Id].Where(v => ((FlagVerdict)v.Verdict!).Tiles.All(t => t.WasSeen(project.Settings))).ToList()))
            .Where(g => g.Votes.Count > 0 && g.Votes.Count >= g.Votes[0].VotesWanted)
            .Select(g => (g.group, g.Votes.Select(v => (FlagVerdict)v.Verdict!).ToList())).ToList();
        return (complete, groups.Count - complete.Count);
    }

    private static async Task Json<T>(ZipArchive zip, string name, T value, CancellationToken cancel)
    {
        await using var entry = await zip.CreateEntry(name).OpenAsync(cancel);
        await JsonSerializer.SerializeAsync(entry, value, cancellationToken: cancel);
    }
}
