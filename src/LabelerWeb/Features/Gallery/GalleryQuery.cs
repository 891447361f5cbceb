namespace Labeler.Web.Features.Gallery;

/// <param name="Epochs">Those that the chosen model sampled, the newest first.</param>
/// <param name="Models">That have sampled for the project, as the filter has them, with what people call them.</param>
/// <param name="People">Who has voted in the project.</param>
/// <param name="Total">All images of the epoch; null where only some are asked for, which nobody counts.</param>
/// <param name="Next">Where more may be; null at the end.</param>
public sealed record GalleryQuery(
    Project? Project, List<Epoch> Epochs, IReadOnlyList<(string Value, string Text)> Models, IReadOnlyList<(Guid Id, string Name)> People,
    Epoch? Epoch, IReadOnlyList<ImageTally> Images, int? Total, GalleryPlace? Next)
{
    private const int PerPage = 70, AtATime = 50, MostLookedAt = 3000;

    public static async Task<GalleryQuery> Read(LabelerDb db, string slug, int? number, GalleryFilter filter, GalleryPlace from)
    {
        if (await db.ProjectAt(slug).FirstOrDefaultAsync() is not { } project)
        {
            return new(null, [], [], [], null, [], null, null);
        }
        var epochs = await db.Epochs.AsNoTracking().Where(epoch => epoch.ProjectId == project.Id)
            .OrderByDescending(epoch => epoch.Number).ToListAsync();
        var models = ModelsOf(epochs);
        epochs = models.Exists(model => model.Value == filter.Model)
            ? [.. epochs.Where(epoch => GalleryFilter.Named(epoch.SampledById) == filter.Model)] : epochs;
        if ((epochs.FirstOrDefault(one => one.Number == number) ?? epochs.FirstOrDefault()) is not { } epoch)
        {
            return new(project, [], [], [], null, [], null, null);
        }
        var voters = db.Votes.Where(vote => vote.ProjectId == project.Id).Select(vote => vote.AnnotatorId).Distinct();
        var people = await db.Users.Where(account => voters.Contains(account.Id)).OrderBy(account => account.DisplayName)
            .Select(account => new { account.Id, account.DisplayName }).ToListAsync();
        var groups = filter.Of(db, epoch);
        var (images, next) = await Look(db, project.Settings, groups, filter, from);
        return new(project, epochs, models, [.. people.Select(one => (one.Id, one.DisplayName))], epoch, images,
            filter.IsOpen ? await groups.SelectMany(group => group.Images).CountAsync() : null, next);
    }

    private static List<(string Value, string Text)> ModelsOf(List<Epoch> epochs) =>
    [
        .. epochs.Select(epoch => epoch.SampledById).Distinct().Select(id => (GalleryFilter.Named(id),
            id is null ? Texts.Say($"the base model") : epochs.Find(epoch => epoch.CheckpointId == id) is { } taught
                ? Texts.Say($"what epoch {taught.Number} learned") : Texts.Say($"checkpoint {id}"))),
    ];

    // Goes through the groups until a page is full, or for so long that somebody would rather be asked whether to go on.
    private static async Task<(List<ImageTally> Images, GalleryPlace? Next)> Look(
        LabelerDb db, ProjectSettings settings, IQueryable<Group> groups, GalleryFilter filter, GalleryPlace from)
    {
        var images = new List<ImageTally>();
        for (var looked = 0; looked < MostLookedAt && images.Count < PerPage; looked += AtATime)
        {
            var (use, at) = (from.Use, from.Number);
            var some = await groups.Where(group => group.Use > use || (group.Use == use && group.Number >= at))
                .OrderBy(group => group.Use).ThenBy(group => group.Number).Take(AtATime)
                .Include(group => group.Images.OrderBy(image => image.Index)).ToListAsync();
            var places = some.ToDictionary(group => group.Id, group => new GalleryPlace(group.Use, group.Number, 0));
            foreach (var image in await ImageTally.Read(db, settings, some, filter.Who))
            {
                var place = places[image.GroupId] with { Index = image.Index };
                if (place.Number == at && place.Use == use && place.Index < from.Index)
                {
                    continue;
                }
                if (images.Count == PerPage)
                {
                    return (images, place);
                }
                if (filter.Matches(image))
                {
                    images.Add(image);
                }
            }
            if (some.Count < AtATime)
            {
                return (images, null);
            }
            from = new(some[^1].Use, some[^1].Number + 1, 0);
        }
        return (images, from);
    }
}
