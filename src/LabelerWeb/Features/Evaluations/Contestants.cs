using Labeler.Shared.Data;
using Labeler.Shared.Evaluations;
using Labeler.Shared.Projects;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Web.Features.Evaluations;

/// <summary>A model that can be chosen.</summary>
/// <param name="Key">In the form: <c>base:FOLDER</c> or the checkpoint's number.</param>
/// <param name="Project">Whose it is; for the base model the first project on it.</param>
public sealed record Candidate(string Key, string Label, Project Project, Contestant Contestant);

/// <summary>All models that can be chosen: each base model once, then the checkpoints by project and age.</summary>
public static class Contestants
{
    public static async Task<IReadOnlyList<Candidate>> All(LabelerDb db, CancellationToken cancel)
    {
        var projects = await db.Projects.AsNoTracking().Where(p => p.DeletedAt == null && p.Source != PictureSource.Checkpoints).OrderBy(p => p.Name).ToListAsync(cancel);
        var ids = projects.Select(p => p.Id).ToList();
        var checkpoints = await db.Checkpoints.AsNoTracking().Where(c => ids.Contains(c.ProjectId)).OrderBy(c => c.Id)
            .Join(db.Epochs, c => c.EpochId, e => e.Id, (c, e) => new { Checkpoint = c, e.Number }).ToListAsync(cancel);
        var bases = projects.DistinctBy(p => p.Settings.ModelFolder).Select(p => new Candidate(
            $"base:{p.Settings.ModelFolder}", $"Base model {p.Settings.ModelFolder}", p, new Contestant($"base model {p.Settings.ModelFolder}", p.Settings.ModelFolder, null, null)));
        var trained = from project in projects
                      from one in checkpoints
                      where one.Checkpoint.ProjectId == project.Id
                      let name = $"{project.Name}, epoch {one.Number}" + (one.Checkpoint.Name is { } which ? $", {which}" : "") + (one.Checkpoint.RolledBackAt is null ? "" : ", rolled back")
                      select new Candidate($"{one.Checkpoint.Id}", name, project, new Contestant(name, project.Settings.ModelFolder, one.Checkpoint.Id, one.Checkpoint.WeightsHash));
        return [.. bases, .. trained];
    }
}
