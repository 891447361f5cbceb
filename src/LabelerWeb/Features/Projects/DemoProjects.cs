namespace Labeler.Web.Features.Projects;

/// <summary>The projects that a fresh installation begins with, all on the bundled model, one for each task.</summary>
public sealed class DemoProjects(IDbContextFactory<LabelerDb> contexts, ProjectEditing editing, EpochCycle cycle, TimeProvider time)
{
    /// <summary>Makes them and queues their first sampling, unless there has ever been a project.</summary>
    public async Task Seed()
    {
        await using var db = await contexts.CreateDbContextAsync();
        if (await db.Projects.AnyAsync())
        {
            return;
        }
        foreach (var project in ProjectTemplate.Demos.Select(template => template.Make(time.GetUtcNow())))
        {
            await editing.Add(project);
            await cycle.Start(project.Id, null);
        }
    }
}
