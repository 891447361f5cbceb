namespace Labeler.Web.Features.Projects;

/// <summary>A project and where its latest epoch stands, for the list.</summary>
/// <param name="Sampled">Groups that are there, of <c>Epoch.GroupsWanted</c>.</param>
/// <param name="Judged">Items that have all their votes, of <paramref name="Items"/>.</param>
public sealed record ProjectStanding(Project Project, int Prompts, Epoch? Epoch, int Sampled, int Items, int Judged, int Votes)
{
    /// <summary>All projects by name, or the deleted ones.</summary>
    public static async Task<List<ProjectStanding>> All(LabelerDb db, bool deleted)
    {
        var projects = await db.Projects.AsNoTracking().Where(p => (p.DeletedAt != null) == deleted && (deleted || p.Source != PictureSource.Checkpoints)).ToListAsync();
        var prompts = await db.Prompts.GroupBy(p => p.ProjectId).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count);
        var latest = await db.Epochs.AsNoTracking().Where(e => !db.Epochs.Any(later => later.ProjectId == e.ProjectId && later.Number > e.Number)).ToDictionaryAsync(e => e.ProjectId);
        var ids = latest.Values.Select(e => e.Id).ToList();
        var sampled = await db.Groups.Where(g => ids.Contains(g.EpochId) && g.Use != GroupUse.Evaluation).GroupBy(g => g.EpochId)
            .Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count);
        var items = await db.Items.Where(i => ids.Contains(i.EpochId)).GroupBy(i => i.EpochId)
            .Select(g => new { g.Key, All = g.Count(), Done = g.Count(i => i.State == ItemState.Done), Votes = g.Sum(i => i.Votes) }).ToDictionaryAsync(g => g.Key);
        return [.. projects.OrderBy(p => p.Name, StringComparer.CurrentCultureIgnoreCase).Select(project =>
        {
            var epoch = latest.GetValueOrDefault(project.Id);
            var counted = epoch is null ? null : items.GetValueOrDefault(epoch.Id);
            return new ProjectStanding(project, prompts.GetValueOrDefault(project.Id), epoch, epoch is null ? 0 : sampled.GetValueOrDefault(epoch.Id), counted?.All ?? 0, counted?.Done ?? 0, counted?.Votes ?? 0);
        })];
    }
}
