namespace Labeler.Web.Features.Projects;

/// <summary>A project and how far its newest epoch is.</summary>
/// <param name="Groups">Sampled so far, of <c>Epoch.GroupsWanted</c>.</param>
/// <param name="Items">Asked of people so far, without those that measure people or models.</param>
/// <param name="Judged">Items with all the votes they want.</param>
public sealed record ProjectStatus(Project Project, int Prompts, Epoch? Epoch, int Groups, int Items, int Judged, int Votes)
{
    public static Task<List<ProjectStatus>> All(LabelerDb db, IQueryable<Project> among, bool deleted) =>
        Read(db, among.Where(p => (p.DeletedAt != null) == deleted && (deleted || p.Source != PictureSource.Checkpoints)));

    public static async Task<ProjectStatus> Of(LabelerDb db, long id) => (await Read(db, db.Projects.Where(p => p.Id == id))).Single();

    private static async Task<List<ProjectStatus>> Read(LabelerDb db, IQueryable<Project> which)
    {
        var projects = await which.AsNoTracking().ToListAsync();
        var prompts = await db.Prompts.Where(prompt => which.Any(p => p.Id == prompt.ProjectId)).GroupBy(prompt => prompt.ProjectId)
            .Select(of => new { of.Key, Count = of.Count() }).ToDictionaryAsync(of => of.Key, of => of.Count);
        var latest = await db.Epochs.AsNoTracking().Where(e => which.Any(p => p.Id == e.ProjectId))
            .Where(e => !db.Epochs.Any(later => later.ProjectId == e.ProjectId && later.Number > e.Number))
            .ToDictionaryAsync(e => e.ProjectId);
        var ids = latest.Values.Select(e => e.Id).ToList();
        var groups = await db.Groups.Where(g => ids.Contains(g.EpochId) && g.Use != GroupUse.Evaluation).GroupBy(g => g.EpochId)
            .Select(of => new { of.Key, Count = of.Count() }).ToDictionaryAsync(of => of.Key, of => of.Count);
        var items = await db.Items.Where(i => ids.Contains(i.EpochId)).GroupBy(i => i.EpochId).Select(of => new
        {
            of.Key,
            All = of.Count(i => i.Use == ItemUse.Training),
            Done = of.Count(i => i.Use == ItemUse.Training && i.State == ItemState.Done),
            Votes = of.Sum(i => i.Votes),
        }).ToDictionaryAsync(of => of.Key);
        return [.. projects.OrderBy(p => p.Name, StringComparer.CurrentCultureIgnoreCase).Select(project =>
        {
            var epoch = latest.GetValueOrDefault(project.Id);
            var counts = epoch is null ? null : items.GetValueOrDefault(epoch.Id);
            return new ProjectStatus(
                project, prompts.GetValueOrDefault(project.Id), epoch, epoch is null ? 0 : groups.GetValueOrDefault(epoch.Id),
                counts?.All ?? 0, counts?.Done ?? 0, counts?.Votes ?? 0);
        })];
    }
}
