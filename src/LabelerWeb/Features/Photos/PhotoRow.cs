namespace Labeler.Web.Features.Photos;

/// <summary>A photo as the table of a project's photos shows it.</summary>
public sealed class PhotoRow
{
    public long Id { get; init; }
    public string Name { get; init; } = "";
    public string ContentHash { get; init; } = "";

    /// <summary>The option that more people chose than any other; null while nobody voted, or where no option leads.</summary>
    public string? Label { get; init; }

    /// <summary>Those that stand.</summary>
    public int Votes { get; init; }
    public string? Caption { get; init; }
    public string? CaptionBy { get; init; }

    /// <summary>Why the captioner had to give it up; null where it did not.</summary>
    public string? Fault { get; init; }
    public int Width { get; init; }
    public int Height { get; init; }

    public static IQueryable<PhotoRow> Of(LabelerDb db, long project)
    {
        var chosen = db.Votes.Effective().Where(vote => vote.ProjectId == project && vote.Choice != null);
        return
            from photo in db.Photos.AsNoTracking()
            where photo.ProjectId == project
            select new PhotoRow
            {
                Id = photo.Id,
                Name = photo.Name,
                ContentHash = photo.ContentHash,
                Label = chosen.Where(vote => vote.Item!.FirstId == photo.ImageId).GroupBy(vote => vote.Choice)
                        .Select(votes => votes.Count()).OrderByDescending(count => count).FirstOrDefault()
                    > chosen.Where(vote => vote.Item!.FirstId == photo.ImageId).GroupBy(vote => vote.Choice)
                        .Select(votes => votes.Count()).OrderByDescending(count => count).Skip(1).FirstOrDefault()
                    ? chosen.Where(vote => vote.Item!.FirstId == photo.ImageId).GroupBy(vote => vote.Choice)
                        .OrderByDescending(votes => votes.Count()).Select(votes => votes.Key).FirstOrDefault()
                    : null,
                Votes = chosen.Count(vote => vote.Item!.FirstId == photo.ImageId),
                Caption = photo.Caption,
                CaptionBy = photo.CaptionBy,
                Fault = photo.CaptionFault,
                Width = photo.Image!.Width,
                Height = photo.Image.Height,
            };
    }
}
