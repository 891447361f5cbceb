using Labeler.Shared.PreferenceSets;

namespace Labeler.Web.Features.Sets;

/// <summary>An export as the page shows it.</summary>
/// <param name="File">What it made; null before that, and when it was deleted.</param>
public sealed record SetExportRow(Job Job, SetFormat Format, ExportedFile? File)
{
    public static SetExportRow Of(Job job)
    {
        var order = job.Read<SetExportOrder>();
        return new(job, SetFormat.Named(order.Format), order.File);
    }

    /// <summary>A project's exports, the newest first.</summary>
    public static async Task<List<SetExportRow>> Read(LabelerDb db, long projectId, CancellationToken cancel) =>
        [.. (await db.Jobs.AsNoTracking().Where(j => j.ProjectId == projectId && j.Kind == JobKind.Export).OrderByDescending(j => j.Id)
            .Take(50).ToListAsync(cancel)).Select(Of)];

    public string PathIn(DataFolder folder) => ExportedFile.PathOf(folder, Job.Id, Format);

    public string State => Job.State switch
    {
        JobState.Queued => Texts.Key("queued"),
        JobState.Running => Texts.Key("under way"),
        JobState.Succeeded => File is null ? Texts.Key("deleted") : Texts.Key("ready"),
        JobState.Failed => Texts.Key("failed"),
        _ => Texts.Key("stopped"),
    };
}
