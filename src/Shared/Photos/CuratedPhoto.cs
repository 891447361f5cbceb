using Labeler.Shared.Voting;

namespace Labeler.Shared.Photos;

/// <summary>A photo with what people said of it.</summary>
/// <param name="Label">The option that more people chose than any other; null while nobody voted, or where no option leads.</param>
/// <param name="Votes">Standing votes on it.</param>
public sealed record CuratedPhoto(Photo Photo, int Width, int Height, string? Label, int Votes)
{
    /// <summary>All photos of a project, in the order in which they came.</summary>
    public static async Task<List<CuratedPhoto>> Read(LabelerDb db, long projectId, CancellationToken cancel = default)
    {
        var photos = await db.Photos.AsNoTracking().Include(p => p.Image).Where(p => p.ProjectId == projectId).OrderBy(p => p.Id)
            .ToListAsync(cancel);
        var votes = (await db.Votes.Effective().Where(v => v.ProjectId == projectId && v.Item!.FirstId != null && v.Choice != null)
            .Select(v => new { Image = v.Item!.FirstId!.Value, v.Choice }).ToListAsync(cancel)).ToLookup(v => v.Image, v => v.Choice!);
        return [.. photos.Select(
            photo => new CuratedPhoto(photo, photo.Image!.Width, photo.Image.Height, Leading(votes[photo.ImageId]),
                votes[photo.ImageId].Count()))];
    }

    public static async Task<List<CuratedPhoto>> Kept(LabelerDb db, long projectId, IReadOnlyCollection<string> labels,
        CancellationToken cancel = default) =>
        [.. (await Read(db, projectId, cancel)).Where(photo => photo.Label is { } label && labels.Contains(label))];

    private static string? Leading(IEnumerable<string> votes)
    {
        var counts = votes.CountBy(choice => choice).OrderByDescending(count => count.Value).Take(2).ToList();
        return counts switch
        {
            [] => null,
            [var only] => only.Key,
            [var first, var second] => first.Value > second.Value ? first.Key : null,
            _ => null,
        };
    }
}
