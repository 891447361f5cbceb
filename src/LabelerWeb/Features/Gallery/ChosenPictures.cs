using System.Globalization;
using System.IO.Compression;
using System.Text;
using Labeler.Shared.Exports;
using Labeler.Shared.Imaging;

namespace Labeler.Web.Features.Gallery;

/// <summary>Pictures that somebody has chosen in a project's gallery, with their groups.</summary>
public sealed record ChosenPictures(Project Project, IReadOnlyList<(Group Group, SampleImage Image)> Pictures)
{
    /// <summary>More than any page shows.</summary>
    public const int Most = 500;

    /// <param name="ids">Of images; those of other projects are left out.</param>
    public static async Task<ChosenPictures> Read(LabelerDb db, string slug, IReadOnlyCollection<long> ids, CancellationToken cancel)
    {
        var project = await db.ProjectAt(slug).FirstOrDefaultAsync(cancel)
            ?? throw new LabelerException("There is no such project any more; load the page again.");
        LabelerException.ThrowIf(ids.Count > Most, $"At most {Most} pictures go at a time.");
        var groups = await db.Groups.AsNoTracking().Include(g => g.Images.OrderBy(i => i.Index))
            .Where(g => g.ProjectId == project.Id && g.Images.Any(i => ids.Contains(i.Id))).OrderBy(g => g.Id).ToListAsync(cancel);
        var chosen = groups.SelectMany(g => g.Images.Where(i => ids.Contains(i.Id)).Select(i => (g, i))).ToList();
        LabelerException.ThrowIf(chosen.Count == 0, "Choose some pictures first.");
        return new(project, chosen);
    }

    /// <summary>The pictures as <see cref="Delivered"/> gives them, and a table of what they are.</summary>
    public async Task Zip(LabelerDb db, FileStore files, Stream output, CancellationToken cancel)
    {
        var groups = Pictures.Select(one => one.Group).DistinctBy(g => g.Id).ToList();
        var tallies = (await ImageTally.Read(db, Project.Settings, groups, null, cancel)).ToDictionary(tally => tally.ImageId);
        var epochs = groups.Select(g => g.EpochId).Distinct().ToList();
        var numbers = await db.Epochs.Where(e => epochs.Contains(e.Id)).ToDictionaryAsync(e => e.Id, e => e.Number, cancel);
        await using var zip = await ZipArchive.CreateAsync(output, ZipArchiveMode.Create, leaveOpen: true, null, cancel);
        var rows = new List<object?[]>();
        foreach (var (of, image) in Pictures)
        {
            var (content, format) = await DeliveredPicture.Read(files, image.ContentHash, Delivered.Whole, cancel);
            var name = string.Create(CultureInfo.InvariantCulture, $"images/{image.Id}{format.Extension()}");
            await using (var entry = await zip.CreateEntry(name, CompressionLevel.NoCompression).OpenAsync(cancel))
            {
                await entry.WriteAsync(content, cancel);
            }
            rows.Add([name, image.Id, numbers[of.EpochId], of.Prompt, image.Seed, tallies[image.Id].Votes, tallies[image.Id].Said()]);
        }
        await using var table = new StreamWriter(await zip.CreateEntry("pictures.csv").OpenAsync(cancel), new UTF8Encoding(true));
        await Csv.Write(table, ["file", "picture", "epoch", "prompt", "seed", "votes", "said"], rows.ToAsyncEnumerable());
    }

    /// <summary>The votes that stand about their groups and are not set aside yet.</summary>
    public async Task<List<long>> Votes(LabelerDb db, CancellationToken cancel)
    {
        var groups = Pictures.Select(one => one.Group.Id).Distinct().ToList();
        var images = Pictures.Select(one => one.Image.Id).ToList();
        // An item is about a whole group, or about one or two of its pictures.
        return await db.Votes.Where(v => v.ProjectId == Project.Id && v.Kind < VoteKind.Undo && v.SupersededById == null
                && v.Quarantine == null && groups.Contains(v.Item!.GroupId)
                && (v.Item.FirstId == null || images.Contains(v.Item.FirstId.Value)
                    || (v.Item.SecondId != null && images.Contains(v.Item.SecondId.Value))))
            .Select(v => v.Id).ToListAsync(cancel);
    }
}
