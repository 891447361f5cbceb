namespace Labeler.Web.Features.Evaluations;

/// <param name="Key">In the form: <c>base:FOLDER</c> or the checkpoint's number.</param>
/// <param name="Project">Whose it is; for the base model the first project on it.</param>
/// <param name="RunKey">In the form, for all steps of its training, or all epochs of its project; null where it stands alone.</param>
public sealed record Candidate(string Key, string Label, Project Project, Contestant Contestant, string? RunKey = null)
{
    /// <summary>Is it one of a project's epochs, not a step of a fine-tuning?</summary>
    public bool IsEpoch => RunKey == RunKeyOf(Project);

    /// <summary>In the form, for all steps of one label's fine-tuning and the base model.</summary>
    public static string RunKeyOf(Checkpoint tuned) => $"run:{tuned.JobId}:{tuned.Name}";

    /// <summary>In the form, for the model of every epoch of a project and the base model.</summary>
    public static string RunKeyOf(Project project) => $"epochs:{project.Id}";

    /// <summary>Each base model once, then the checkpoints by project and age.</summary>
    public static async Task<IReadOnlyList<Candidate>> All(LabelerDb db, Viewer viewer, CancellationToken cancel)
    {
        var projects = await viewer.Projects(db, ProjectRole.Lead).AsNoTracking()
            .Where(p => p.DeletedAt == null && p.Source != PictureSource.Checkpoints)
            .OrderBy(p => p.Name).ToListAsync(cancel);
        var ids = projects.Select(p => p.Id).ToList();
        var checkpoints = await db.Checkpoints.AsNoTracking()
            .Where(c => ids.Contains(c.ProjectId) && c.WeightsFreedAt == null).OrderBy(c => c.Id)
            .Join(db.Epochs, c => c.EpochId, e => e.Id, (c, e) => new { Checkpoint = c, e.Number }).ToListAsync(cancel);
        var taken = await StepsTaken.Read(db, [.. checkpoints.Select(one => one.Checkpoint)], cancel);
        var bases = projects.DistinctBy(p => p.Settings.ModelFolder).Select(p => new Candidate(
            $"base:{p.Settings.ModelFolder}", Texts.Say($"Base model {p.Settings.ModelFolder}"), p,
            new Contestant($"base model {p.Settings.ModelFolder}", p.Settings.ModelFolder, null, null)));
        var trained = from project in projects
                      let own = checkpoints.Where(one => one.Checkpoint.ProjectId == project.Id).ToList()
                      let tunings = own.Select(one => one.Checkpoint.JobId).OfType<long>().Distinct().ToList()
                      from one in own
                      select one.Checkpoint.Step is { } step ? Step(project, one.Checkpoint, step, tunings)
                          : one.Checkpoint.RolledBackAt is null && taken.TryGetValue(one.Checkpoint.Id, out var steps)
                              ? Epoch(project, one.Checkpoint, one.Number, steps)
                          : Alone(project, one.Checkpoint, one.Number);
        return [.. bases, .. trained];
    }

    private static Candidate Alone(Project project, Checkpoint one, int epoch)
    {
        var name = $"{project.Name}, epoch {epoch}" + (one.Name is { } which ? $", {which}" : "")
            + (one.RolledBackAt is null ? "" : ", rolled back");
        return new($"{one.Id}", name, project, new Contestant(name, project.Settings.ModelFolder, one.Id, one.WeightsHash));
    }

    private static Candidate Epoch(Project project, Checkpoint one, int epoch, int steps) => new(
        $"{one.Id}", Texts.Say($"epoch {epoch}"), project,
        new Contestant($"{project.Name}, epoch {epoch}", project.Settings.ModelFolder, one.Id, one.WeightsHash, project.Name, steps),
        Candidate.RunKeyOf(project));

    // Several fine-tunings of one project are numbered in their order.
    private static Candidate Step(Project project, Checkpoint one, int step, List<long> tunings)
    {
        var run = $"{project.Name}, {one.Name}" + (tunings.Count > 1 ? $", fine-tuning {tunings.IndexOf(one.JobId!.Value) + 1}" : "");
        return new($"{one.Id}", Texts.Say($"step {step}"), project,
            new Contestant($"{run}, step {step}", project.Settings.ModelFolder, one.Id, one.WeightsHash, run, step),
            Candidate.RunKeyOf(one));
    }
}
