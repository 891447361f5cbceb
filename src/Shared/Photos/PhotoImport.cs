using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Shared.Samples;
using Labeler.Shared.Storage;
using Labeler.Shared.Training;

namespace Labeler.Shared.Photos;

/// <summary>Brings photos into a project, one transaction a file, so that an import which was stopped goes on where it was.</summary>
public sealed class PhotoImport(
    IDbContextFactory<LabelerDb> contexts, EpochCycle cycle, FileStore files, DataFolder folder, ImportLimits limits, TimeProvider time)
        : IJobHandler
{
    public JobKind Kind => JobKind.Import;

    /// <summary>Queues an import into a project's open epoch, or into a new one.</summary>
    /// <exception cref="LabelerException">The project takes no photos.</exception>
    public async Task<Job> Queue(long projectId, ImportPlace place, CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var project = await db.Projects.FirstOrDefaultAsync(p => p.Id == projectId && p.DeletedAt == null, cancel)
            ?? throw new LabelerException("There is no such project; load the page again.");
        LabelerException.ThrowIf(
            project.Source != PictureSource.Imported, $"{project.Name} does not take photos: make a photo project for them.");
        var epoch = await db.Epochs.AsNoTracking().Where(e => e.ProjectId == projectId).OrderByDescending(e => e.Number)
            .FirstOrDefaultAsync(cancel);
        epoch = epoch is { TakesVotes: true } ? epoch : await cycle.Open(projectId, 0, cancel);
        var job = Job.Queue(JobKind.Import, projectId, epoch.Id, place, time.GetUtcNow());
        db.Jobs.Add(job);
        await db.SaveChangesAsync(cancel);
        return job;
    }

    public void Run(Job job, JobReporter reporter) =>
        Run(job, (at, total) => reporter.Report((double)at / total, $"{at:N0} of {total:N0} files looked at", null), reporter.Stop,
            reporter.Advanced).GetAwaiter().GetResult();

    /// <summary>Does a claimed import to its end.</summary>
    /// <param name="report">Told how many files were looked at, of how many.</param>
    /// <param name="kept">Told after every file that was not there before.</param>
    /// <exception cref="LabelerException">The whole import cannot be used.</exception>
    /// <exception cref="JobLostException">Another process has the job, or somebody called it off.</exception>
    public async Task Run(Job job, Action<int, int> report, CancellationToken cancel = default, Action? kept = null)
    {
        var place = job.Read<ImportPlace>();
        using var found = place.Open(folder, limits);
        var layout = new PhotoLayout(found.All.Select(file => file.Name));
        var (done, hashes, number) = await Before(job, cancel);
        var (total, at, bytes) = (found.All.Count, 0, 0L);
        foreach (var file in found.All)
        {
            cancel.ThrowIfCancellationRequested();
            at++;
            if (!done.Contains(file.Name))
            {
                (number, var read) = await Take(job, file, layout, hashes, number, cancel);
                bytes += read;
                kept?.Invoke();
            }
            // What was really read, whatever an archive announced.
            LabelerException.ThrowIf(
                bytes > limits.MaxTotalBytes,
                $"The files have more than {limits.MaxTotalBytes / (double)(1 << 30):0.##} GiB together: import them in several parts. "
                    + $"{at:N0} of {total:N0} were looked at and stay.");
            report(at, total);
        }
        await cycle.FinishSampling(job, cancel);
        if (place.IsZip)
        {
            File.Delete(place.ZipPath(folder));
        }
    }

    private async Task<(HashSet<string> Done, HashSet<string> Hashes, int Number)> Before(Job job, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var done = await db.Photos.Where(p => p.JobId == job.Id).Select(p => p.Name).ToListAsync(cancel);
        done.AddRange(await db.SkippedFiles.Where(f => f.JobId == job.Id).Select(f => f.Name).ToListAsync(cancel));
        var hashes = await db.Photos.Where(p => p.ProjectId == job.ProjectId).Select(p => p.ContentHash).ToHashSetAsync(cancel);
        var last = await db.Groups.Where(g => g.EpochId == job.EpochId && g.Use == GroupUse.Imported).Select(g => (int?)g.Number)
            .MaxAsync(cancel);
        return ([.. done], hashes, last + 1 ?? 0);
    }

    private async Task<(int Number, long Read)> Take(Job job, PhotoFile file, PhotoLayout layout, HashSet<string> hashes, int number,
        CancellationToken cancel)
    {
        var read = 0L;
        try
        {
            if (file.Fault is not null)
            {
                throw new PhotoRefusal(SkipKind.Refused, file.Fault);
            }
            if (layout.NotToLabel(file.Name) is { } why)
            {
                throw new PhotoRefusal(SkipKind.NotToLabel, why);
            }
            var content = await PhotoCheck.Read(file, limits, cancel);
            read = content.Length;
            if (hashes.Contains(ContentHash.Of(content)))
            {
                throw new PhotoRefusal(SkipKind.Duplicate, "the project has the same picture already");
            }
            var (width, height) = PhotoCheck.Open(file.Name, content, limits);
            var hash = await files.Put(content, cancel);
            // Another import of the same project may have taken the number.
            while (!await cycle.Add(job, epoch => Group.Imported(epoch, number, new NewImage(hash, width, height, 0), time.GetUtcNow()),
                group => Photo.In(group, job.Id, file.Name), cancel))
            {
                number++;
            }
            hashes.Add(hash);
            return (number + 1, read);
        }
        catch (PhotoRefusal refusal)
        {
            await using var db = await contexts.CreateDbContextAsync(cancel);
            db.SkippedFiles.Add(new SkippedFile(job.Id, file.Name, refusal.Kind, refusal.Message));
            await db.SaveChangesAsync(cancel);
            return (number, read);
        }
    }
}
