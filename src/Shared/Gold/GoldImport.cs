using Labeler.Shared.Epochs;
using Labeler.Shared.Projects;
using Labeler.Shared.Storage;
using Labeler.Shared.Voting;

namespace Labeler.Shared.Gold;

/// <summary>Makes items gold by a file that says what is right for which pictures.</summary>
public static class GoldImport
{
    /// <summary>Bytes: many times what a practice needs.</summary>
    public const int LargestFile = 4 << 20;

    private const int FaultsTold = 5;

    /// <returns>Items that are gold by the file, those included that were already.</returns>
    /// <exception cref="LabelerException">A line cannot be used; nothing was stored.</exception>
    public static async Task<int> Read(IDbContextFactory<LabelerDb> contexts, long projectId, string fileName, Stream content,
        CancellationToken cancel = default)
    {
        var file = await content.ReadAtMost(LargestFile, cancel)
            ?? throw new LabelerException($"{fileName} has more than {LargestFile >> 20} MiB.");
        var faults = new List<string>();
        var lines = GoldFile.Read(file, fileName, faults);
        Refuse(fileName, faults);
        LabelerException.ThrowIf(lines.Count == 0, $"{fileName} holds no answers.");
        return await contexts.Write(LockScope.Epoch, projectId, async db =>
        {
            var project = await db.Projects.AsNoTracking().FirstOrDefaultAsync(p => p.Id == projectId && p.DeletedAt == null, cancel)
                ?? throw new LabelerException("There is no such project.");
            var pool = await Pool.Read(db, project, cancel);
            var meant = new Dictionary<long, GoldLine>();
            foreach (var line in lines)
            {
                var (found, fault) = pool.Find(line);
                fault ??= line.Answer.Fault(project, found!.SecondId is not null, pool.ImagesOf(found!));
                if (fault is null && !meant.TryAdd(found!.Id, line))
                {
                    fault = $"line {meant[found.Id].Number} is about the same pictures.";
                }
                if (fault is not null)
                {
                    faults.Add($"Line {line.Number}: {fault}");
                }
            }
            Refuse(fileName, faults);
            foreach (var (id, line) in meant.OrderBy(one => one.Key))
            {
                await db.BeAlone(LockScope.Vote, id, cancel);
                var item = await db.Items.FirstAsync(i => i.Id == id, cancel);
                item.MakeGold(line.Answer, line.Note);
                await Checking.Forget(db, item, cancel);
            }
            await db.SaveChangesAsync(cancel);
            return meant.Count;
        }, cancel);
    }

    private static void Refuse(string fileName, List<string> faults)
    {
        var more = faults.Count > FaultsTold ? $" And {faults.Count - FaultsTold} more." : "";
        var told = string.Join(" ", faults.Take(FaultsTold));
        LabelerException.ThrowIf(faults.Count > 0, $"{fileName} was not taken in. {told}{more}");
    }

    /// <summary>What of a project can become gold: what is asked in an epoch that takes votes, and what is gold already.</summary>
    private sealed record Pool(ILookup<long, Item> ByGroup, ILookup<long, Item> ByImage, Dictionary<long, Item> ById,
        ILookup<string, long> Names, ILookup<string, long> Hashes, Dictionary<long, int> Images, bool IsOfOne)
    {
        public static async Task<Pool> Read(LabelerDb db, Project project, CancellationToken cancel)
        {
            var items = await db.Items.AsNoTracking()
                .Where(i => i.ProjectId == project.Id && i.State != ItemState.Retired)
                .Where(i => i.Use == ItemUse.Training || i.Use == ItemUse.Gold)
                .Where(i => db.Epochs.Any(e => e.Id == i.EpochId && e.State < EpochState.Frozen)).ToListAsync(cancel);
            var images = await db.Images.AsNoTracking().Where(i => db.Groups.Any(g => g.Id == i.GroupId && g.ProjectId == project.Id))
                .Select(i => new { i.Id, i.GroupId, i.ContentHash }).ToListAsync(cancel);
            var names = await db.Photos.AsNoTracking().Where(p => p.ProjectId == project.Id).Select(p => new { p.Name, p.ImageId })
                .ToListAsync(cancel);
            return new(items.ToLookup(i => i.GroupId), items.Where(i => i.FirstId is not null).ToLookup(i => i.FirstId!.Value),
                items.ToDictionary(i => i.Id), names.ToLookup(n => n.Name, n => n.ImageId), images.ToLookup(i => i.ContentHash, i => i.Id),
                images.CountBy(i => i.GroupId).ToDictionary(), project.AsksForOption);
        }

        public int ImagesOf(Item item) => Images.GetValueOrDefault(item.GroupId);

        /// <summary>The one item that a line means; or why there is none.</summary>
        public (Item? Item, string? Fault) Find(GoldLine line) => line switch
        {
            { Item: { } id } =>
                ById.TryGetValue(id, out var item) ? (item, null) : (null, $"item {id} is not asked about in this project now."),
            { Group: { } group } => One([.. ByGroup[group]], $"group {group}"),
            _ when !IsOfOne => (null, "the project asks about groups or pairs: name the item or the group."),
            { File: { } file } => One([.. Names[file].SelectMany(image => ByImage[image])], $"file \"{file}\""),
            _ => One([.. Hashes[line.Sha256!].SelectMany(image => ByImage[image])], $"picture {line.Sha256}"),
        };

        private static (Item?, string?) One(IReadOnlyList<Item> found, string what) => found.Count switch
        {
            0 => (null, $"{what} is not asked about in this project now."),
            1 => (found[0], null),
            _ => (null, $"{what} is asked about {found.Count} times: name the item."),
        };
    }
}
