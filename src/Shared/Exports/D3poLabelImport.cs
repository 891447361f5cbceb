using System.Text.Json;
using Labeler.Shared.Projects;
using Labeler.Shared.Samples;
using Labeler.Shared.Storage;
using Labeler.Shared.Voting;

namespace Labeler.Shared.Exports;

/// <summary>Takes in a rater's D3PO label file as votes on an epoch: one list per group, in the groups' order, of −1 (flagged) or 0 for
/// each image.</summary>
public static class D3poLabelImport
{
    /// <summary>Bytes: many times what an epoch of ten thousand groups needs.</summary>
    public const int LargestFile = 8 << 20;

    /// <summary>The rater becomes an account without a password, named for the file; the same file again adds nothing.</summary>
    /// <returns>Votes that are new.</returns>
    /// <exception cref="LabelerException">The file does not fit the epoch; nothing was stored.</exception>
    public static async Task<int> Read(IDbContextFactory<LabelerDb> contexts, long epochId, string fileName, Stream json,
        DateTimeOffset now, CancellationToken cancel = default)
    {
        var rows = await Rows(json, fileName, cancel);
        long projectId;
        await using (var db = await contexts.CreateDbContextAsync(cancel))
        {
            projectId = await db.Epochs.Where(e => e.Id == epochId).Select(e => (long?)e.ProjectId).FirstOrDefaultAsync(cancel)
                ?? throw new LabelerException("There is no such epoch.");
        }
        return await contexts.Write(LockScope.Epoch, projectId, async db =>
        {
            var groups = await db.Groups.AsNoTracking().Include(g => g.Images)
                .Where(g => g.EpochId == epochId && g.Use == GroupUse.Labeling).OrderBy(g => g.Number).ToListAsync(cancel);
            var epoch = await db.Epochs.FirstAsync(e => e.Id == epochId, cancel);
            var project = await db.Projects.FirstAsync(p => p.Id == epoch.ProjectId, cancel);
            LabelerException.ThrowIf(
                project.Task != LabelingTask.FlagBatch || !epoch.TakesVotes,
                "D3PO's label files can be taken in only by a flag project's epoch that is being labeled.");
            Check(rows, groups, fileName);
            var rater = await ImportedRater.Find(db, fileName, now, cancel);
            var groupIds = groups.Select(g => g.Id).ToList();
            var items = await db.Items.Where(i => i.EpochId == epochId && i.Use == ItemUse.Training)
                .ToDictionaryAsync(i => i.GroupId, cancel);
            var judged = await db.Leases.Where(l => l.AnnotatorId == rater.Id && groupIds.Contains(l.Item!.GroupId)).Select(l => l.ItemId)
                .ToHashSetAsync(cancel);
            var flag = project.Settings.Flags.HasFlag(FlagKinds.Deformed) ? FlagKinds.Deformed : FlagKinds.Unsafe;
            var added = 0;
            foreach (var (group, row) in groups.Zip(rows))
            {
                if (items.TryGetValue(group.Id, out var item) && judged.Add(item.Id))
                {
                    var verdict =
                        new FlagVerdict(
                            [.. row.Select(
                                (value, index) =>
                                    new TileVerdict(index, value < 0 ? flag : FlagKinds.None, Displayed: true, Unblurred: true))]);
                    var surplus = item.Votes >= item.VotesWanted;
                    var lease = new Lease(item.Id, rater.Id, true, now);
                    lease.Finish(now);
                    db.Leases.Add(lease);
                    db.Votes.Add(Vote.Cast(Guid.CreateVersion7(now), item, project, rater.Id, verdict, 0, null, surplus, now));
                    if (!surplus)
                    {
                        item.Count(+1);
                    }
                    added++;
                }
            }
            await db.SaveChangesAsync(cancel);
            foreach (var item in items.Values)
            {
                await Checking.Follow(db, item, cancel);
            }
            return added;
        }, cancel);
    }

    private static async Task<int[][]> Rows(Stream json, string fileName, CancellationToken cancel)
    {
        var file = await json.ReadAtMost(LargestFile, cancel)
            ?? throw new LabelerException($"{fileName} has more than {LargestFile >> 20} MiB.");
        try
        {
            return JsonSerializer.Deserialize<int[][]>(StrictText.Decode(file, fileName)) ?? throw new JsonException("null");
        }
        catch (JsonException error)
        {
            throw new LabelerException($"{fileName} is not a list of lists of −1 and 0.", error);
        }
    }

    private static void Check(int[][] rows, List<Group> groups, string fileName)
    {
        LabelerException.ThrowIf(
            rows.Length != groups.Count, $"{fileName} has {rows.Length} lists, and the epoch has {groups.Count} groups.");
        for (var n = 0; n < rows.Length; n++)
        {
            LabelerException.ThrowIf(
                rows[n] is null || rows[n].Length != groups[n].Images.Count || rows[n].Any(value => value is not (0 or -1)),
                $"{fileName}: list {n} must hold {groups[n].Images.Count} numbers, each −1 or 0.");
        }
    }
}
