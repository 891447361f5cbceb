using Labeler.Web.Components.Markdown;

namespace Labeler.Web.Features.Projects;

/// <summary>Writes what a project's form says.</summary>
public sealed class ProjectEditing(IDbContextFactory<LabelerDb> contexts, EpochCycle cycle, RenderedMarkdown rendered, TimeProvider time)
{
    /// <param name="file">Prompts of an uploaded file; they replace the typed ones.</param>
    /// <exception cref="LabelerException">A setting or the prompts cannot be used; nothing was written.</exception>
    public async Task<Project> Create(ProjectForm form, List<string>? file, bool startSampling)
    {
        var project = Project.Create(form.Name, form.Task, form.Settings, time.GetUtcNow());
        project.UsePrompts(file ?? Lines(form.Prompts), Lines(form.HeldOut));
        await Add(project);
        if (startSampling)
        {
            await cycle.Start(project.Id, null);
        }
        return project;
    }

    public async Task Add(Project project)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await project.TakeFreeSlug(db);
        db.Projects.Add(project);
        await db.SaveChangesAsync();
        rendered.Of(project.Settings.Guidelines);
    }

    /// <param name="file">Prompts of an uploaded file; null keeps the typed ones, or where there are none the present ones.</param>
    /// <exception cref="LabelerException">A setting or the prompts cannot be used; nothing was written.</exception>
    public async Task<Project> Change(long id, ProjectForm form, List<string>? file)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var project = await db.Projects.Include(p => p.Prompts).FirstOrDefaultAsync(p => p.Id == id && p.DeletedAt == null)
            ?? throw new LabelerException("The project has been deleted meanwhile.");
        project.Rename(form.Name);
        project.Change(form.Settings);
        var typed = Lines(form.Prompts);
        var training = file ?? (typed.Count > 0 ? typed : Texts(project, PromptUse.Training));
        var heldOut = form.HeldOut is null ? Texts(project, PromptUse.HeldOut) : Lines(form.HeldOut);
        // Unchanged prompts keep their rows, which the groups sampled from them name.
        if (!training.SequenceEqual(Texts(project, PromptUse.Training)) || !heldOut.SequenceEqual(Texts(project, PromptUse.HeldOut)))
        {
            project.UsePrompts(training, heldOut);
        }
        await db.SaveChangesAsync();
        rendered.Of(project.Settings.Guidelines);
        return project;
    }

    public static List<string> Texts(Project project, PromptUse use) =>
        [.. project.Prompts.Where(p => p.Use == use).OrderBy(p => p.Position).Select(p => p.Text)];

    private static List<string> Lines(string? text) =>
        [.. (text ?? "").ReplaceLineEndings("\n").Split('\n').Where(l => !string.IsNullOrWhiteSpace(l))];
}
