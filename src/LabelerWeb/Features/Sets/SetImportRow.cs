using Labeler.Shared.PreferenceSets;

namespace Labeler.Web.Features.Sets;

/// <summary>An import as the page shows it.</summary>
public sealed record SetImportRow(Job Job, SetImportOrder Order)
{
    /// <summary>A project's imports, the newest first.</summary>
    public static async Task<List<SetImportRow>> Read(LabelerDb db, long projectId, CancellationToken cancel) =>
        [.. (await db.Jobs.AsNoTracking().Where(j => j.ProjectId == projectId && j.Kind == JobKind.ImportPairs).OrderByDescending(j => j.Id)
            .Take(50).ToListAsync(cancel)).Select(job => new SetImportRow(job, job.Read<SetImportOrder>()))];

    public string State => Job.State switch
    {
        JobState.Queued => Texts.Key("queued"),
        JobState.Running => Texts.Key("under way"),
        JobState.Succeeded => Texts.Key("done"),
        JobState.Failed => Texts.Key("failed"),
        _ => Texts.Key("stopped"),
    };
}
