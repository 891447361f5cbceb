using Labeler.Shared.Exports;
using Labeler.Shared.Jobs;

namespace Labeler.Shared.Photos;

/// <summary>What an import brought and what it left out.</summary>
public sealed record ImportReport(Job Job, string Name, int Photos, int Refused, int Duplicates, int NotToLabel)
{
    /// <summary>A project's imports, the newest first.</summary>
    public static async Task<List<ImportReport>> Read(LabelerDb db, long projectId, CancellationToken cancel = default)
    {
        var jobs = await db.Jobs.AsNoTracking().Where(j => j.ProjectId == projectId && j.Kind == JobKind.Import)
            .OrderByDescending(j => j.Id).ToListAsync(cancel);
        var photos = await db.Photos.Where(p => p.ProjectId == projectId).GroupBy(p => p.JobId)
            .Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, cancel);
        var ids = jobs.Select(j => j.Id).ToList();
        var skipped =
            (await db.SkippedFiles.Where(f => ids.Contains(f.JobId)).GroupBy(f => new { f.JobId, f.Kind })
                .Select(g => new { g.Key.JobId, g.Key.Kind, Count = g.Count() }).ToListAsync(cancel))
            .ToDictionary(g => (g.JobId, g.Kind), g => g.Count);
        int Of(Job job, SkipKind kind) => skipped.GetValueOrDefault((job.Id, kind));
        return [.. jobs.Select(job => new ImportReport(
            job, job.Read<ImportPlace>()
                .Name, photos.GetValueOrDefault(job.Id), Of(job, SkipKind.Refused), Of(job, SkipKind.Duplicate),
                    Of(job, SkipKind.NotToLabel)))];
    }

    public static Task WriteCsv(LabelerDb db, long jobId, TextWriter writer, CancellationToken cancel = default) => Csv.Write(
        writer, ["file", "kind", "reason"],
        db.SkippedFiles.AsNoTracking().Where(f => f.JobId == jobId).OrderBy(f => f.Id).AsAsyncEnumerable()
            .Select(f => new object?[] { f.Name, f.Kind, f.Reason }),
        cancel: cancel);
}
