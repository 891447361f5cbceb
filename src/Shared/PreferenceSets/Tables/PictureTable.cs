using System.Runtime.CompilerServices;
using Labeler.Shared.Exports;
using Labeler.Shared.Imaging;
using Labeler.Shared.Projects;
using Labeler.Shared.Storage;

namespace Labeler.Shared.PreferenceSets.Tables;

/// <summary>Every picture of a project, with its pixels.</summary>
internal sealed class PictureTable(LabelerDb db, Project project, FileStore files)
{
    /// <param name="Index">Place in its group, from 0.</param>
    /// <param name="Use">What its group is for: labeling, evaluation or imported.</param>
    public sealed record Row(
        string Hash, int Epoch, long Group, int Index, string Use, string Prompt, long Seed, int Width, int Height, byte[] Content);

    public static IReadOnlyList<TableColumn<Row>> Columns { get; } =
    [
        TableColumn<Row>.Text("picture", row => row.Hash),
        TableColumn<Row>.Value("epoch", row => row.Epoch),
        TableColumn<Row>.Value("group", row => row.Group),
        TableColumn<Row>.Value("index", row => row.Index),
        TableColumn<Row>.Text("use", row => row.Use),
        TableColumn<Row>.Text("prompt", row => row.Prompt),
        TableColumn<Row>.Value("seed", row => row.Seed),
        TableColumn<Row>.Value("width", row => row.Width),
        TableColumn<Row>.Value("height", row => row.Height),
        TableColumn<Row>.Bytes("image", row => row.Content),
    ];

    /// <param name="report">Told how many pictures were read, of how many.</param>
    public async IAsyncEnumerable<Row> Read(Action<long, long> report, [EnumeratorCancellation] CancellationToken cancel)
    {
        var groups = db.Groups.AsNoTracking().Where(g => g.ProjectId == project.Id);
        var (done, total) = (0L, await groups.SelectMany(g => g.Images).LongCountAsync(cancel));
        var numbers = await db.Epochs.Where(e => e.ProjectId == project.Id).ToDictionaryAsync(e => e.Id, e => e.Number, cancel);
        await foreach (var group in groups.Include(g => g.Images.OrderBy(i => i.Index)).OrderBy(g => g.EpochId).ThenBy(g => g.Id)
            .AsAsyncEnumerable().WithCancellation(cancel))
        {
            foreach (var image in group.Images)
            {
                var (content, _) = await DeliveredPicture.Read(files, image.ContentHash, Delivered.Whole, cancel);
                yield return new(image.ContentHash, numbers[group.EpochId], group.Id, image.Index, $"{group.Use}".ToLowerInvariant(),
                    group.Prompt, image.Seed, image.Width, image.Height, content);
                report(++done, total);
            }
        }
    }
}
