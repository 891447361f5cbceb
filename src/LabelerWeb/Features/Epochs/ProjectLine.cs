namespace Labeler.Web.Features.Epochs;

/// <summary>A project with its newest epoch and how far that is.</summary>
/// <param name="Groups">Sampled so far.</param>
/// <param name="Items">Asked of people so far.</param>
/// <param name="Judged">Items with all the votes they want.</param>
public sealed record ProjectLine(Project Project, Epoch? Epoch, int Groups, int Items, int Judged)
{
    public static async Task<List<ProjectLine>> All(LabelerDb db)
    {
        var projects = await db.Projects.AsNoTracking().Where(project => project.DeletedAt == null && project.Source != PictureSource.Checkpoints).OrderBy(project => project.Name).ToListAsync();
        var lines = new List<ProjectLine>();
        foreach (var project in projects)
            lines.Add(await Of(db, project));
        return lines;
    }

    public static async Task<ProjectLine> Of(LabelerDb db, Project project)
    {
        var epoch = await db.Epochs.AsNoTracking().Where(epoch => epoch.ProjectId == project.Id).OrderByDescending(epoch => epoch.Number).FirstOrDefaultAsync();
        if (epoch is null)
            return new(project, null, 0, 0, 0);
        var items = db.Items.Where(item => item.EpochId == epoch.Id && item.Use == ItemUse.Training);
        return new(
            project, epoch, await db.Groups.CountAsync(group => group.EpochId == epoch.Id && group.Use != GroupUse.Evaluation),
            await items.CountAsync(), await items.CountAsync(item => item.State == ItemState.Done));
    }
}
