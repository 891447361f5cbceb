namespace Labeler.Web.Features.Gallery;

public sealed record GalleryQuery(
    Project? Project, List<Epoch> Epochs, Epoch? Epoch, string Show, IReadOnlyList<ImageTally> Images, int Total, int Page, int Pages)
{
    private const int PerPage = 70;

    public static async Task<GalleryQuery> Read(LabelerDb db, string slug, int? number, string show, int page)
    {
        var project = await db.Projects.AsNoTracking().FirstOrDefaultAsync(project => project.Slug == slug && project.DeletedAt == null);
        var epochs = project is null ? [] : await db.Epochs.AsNoTracking().Where(epoch => epoch.ProjectId == project.Id)
            .OrderByDescending(epoch => epoch.Number).ToListAsync();
        var epoch = epochs.FirstOrDefault(one => one.Number == number) ?? epochs.FirstOrDefault();
        var all = epoch is null ? [] : (await ImageTally.Read(db, epoch.Id)).Where(image => image.Matches(show)).ToList();
        var pages = Math.Max(1, (all.Count + PerPage - 1) / PerPage);
        page = Math.Clamp(page, 1, pages);
        return new(project, epochs, epoch, show, [.. all.Skip((page - 1) * PerPage).Take(PerPage)], all.Count, page, pages);
    }
}
