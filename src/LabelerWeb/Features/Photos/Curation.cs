using Labeler.Shared.Photos;

namespace Labeler.Web.Features.Photos;

/// <summary>A photo project as its page shows it.</summary>
public sealed record Curation(Project Project, long? EpochId, List<CuratedPhoto> Photos, string[] Keep, List<ImportReport> Imports,
    List<SkippedFile> Refused, List<Job> Jobs, List<Checkpoint> Adapters, List<TrainingSheet> Sheets)
{
    public const int RefusedShown = 50;
    public static readonly List<SettingField> TuneFields = SettingField.Of<FineTuneOptions>("Tune");

    /// <summary>The adapters of each label and fine-tuning, the last step first; the newest fine-tuning first.</summary>
    public IReadOnlyList<IReadOnlyList<Checkpoint>> Runs =>
        [.. Adapters.GroupBy(adapter => (adapter.JobId ?? -adapter.Id, adapter.Name)).Select(run => run.ToList())];

    public List<CuratedPhoto> Kept => [.. Photos.Where(photo => photo.Label is { } label && Keep.Contains(label))];

    /// <summary>As a query, to hand the choice on.</summary>
    public string KeepQuery => QueryOf(Keep);

    public static string QueryOf(string[] keep) => string.Join('&', keep.Select(label => $"keep={Uri.EscapeDataString(label)}"));

    /// <summary>The first two labels, or the two highest scores.</summary>
    public static string[] KeptByDefault(Project project) => project.Task == LabelingTask.Score
        ? [.. project.Settings.Choices.OrderByDescending(choice => choice.Value).Take(2).Select(choice => choice.Name)]
        : [.. project.Settings.Choices.Take(2).Select(choice => choice.Name)];

    public static async Task<Curation?> Read(LabelerDb db, string slug, string[] keep)
    {
        if (await db.Projects.AsNoTracking()
            .FirstOrDefaultAsync(p => p.Slug == slug && p.DeletedAt == null && p.Source == PictureSource.Imported) is not { } project)
        {
            return null;
        }
        var imports = await ImportReport.Read(db, project.Id);
        var ids = imports.Select(import => import.Job.Id).ToList();
        var jobs = await db.Jobs.AsNoTracking().Where(j => j.ProjectId == project.Id).OrderByDescending(j => j.Id).ToListAsync();
        var tunings = jobs.Where(job => job.Kind == JobKind.FineTune).Select(job => job.Id).ToList();
        return new(
            project,
            await db.Epochs.Where(e => e.ProjectId == project.Id).OrderByDescending(e => e.Number).Select(e => (long?)e.Id)
                .FirstOrDefaultAsync(),
            await CuratedPhoto.Read(db, project.Id),
            keep.Length > 0 ? keep : KeptByDefault(project),
            imports,
            await db.SkippedFiles.AsNoTracking().Where(f => ids.Contains(f.JobId) && f.Kind == SkipKind.Refused)
                .OrderByDescending(f => f.Id).Take(RefusedShown).ToListAsync(),
            jobs,
            await db.Checkpoints.AsNoTracking().Where(c => c.ProjectId == project.Id).OrderByDescending(c => c.Id).ToListAsync(),
            await db.TrainingSheets.AsNoTracking().Where(s => tunings.Contains(s.JobId)).OrderByDescending(s => s.JobId)
                .ThenBy(s => s.Label).ThenBy(s => s.Seeds).ThenBy(s => s.Step).ToListAsync());
    }
}
