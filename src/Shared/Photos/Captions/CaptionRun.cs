using Labeler.Shared.Imaging;
using Labeler.Shared.Jobs;
using Labeler.Shared.Storage;

namespace Labeler.Shared.Photos.Captions;

/// <summary>Which photos a caption job describes.</summary>
public sealed record CaptionOrder(IReadOnlyList<string> Labels);

/// <summary>Describes the curated photos that have no caption yet. Each answer is written at once, so a run that was stopped goes on and
/// pays nothing twice.</summary>
public sealed class CaptionRun(IDbContextFactory<LabelerDb> contexts, JobQueue queue, FileStore files, Captioner captioner,
    CaptionOptions options, TimeProvider time) : IJobHandler
{
    public JobKind Kind => JobKind.Caption;

    /// <summary>Queues a run; photos that an earlier one had to give up are tried again.</summary>
    /// <exception cref="LabelerException">Nothing is configured, or nothing is to do.</exception>
    public async Task<Job> Queue(long projectId, IReadOnlyList<string> labels, CancellationToken cancel = default)
    {
        LabelerException.ThrowIf(
            !options.IsConfigured,
            "No captioner is configured: set Captions:Endpoint and Captions:Model in appsettings.json, or type the captions.");
        await using var db = await contexts.CreateDbContextAsync(cancel);
        LabelerException.ThrowIf(
            await db.Jobs.AnyAsync(
                j => j.ProjectId == projectId && j.Kind == JobKind.Caption
                    && (j.State == JobState.Queued || j.State == JobState.Running), cancel),
            "Captions are being written already.");
        LabelerException.ThrowIf(
            !(await CuratedPhoto.Kept(db, projectId, labels, cancel)).Exists(photo => photo.Photo.Caption is null),
            "Every photo with these labels has its caption.");
        var epoch = await db.Epochs.Where(e => e.ProjectId == projectId).OrderByDescending(e => e.Number).Select(e => e.Id)
            .FirstAsync(cancel);
        var job = Job.Queue(JobKind.Caption, projectId, epoch, new CaptionOrder(labels), time.GetUtcNow());
        db.Jobs.Add(job);
        await db.SaveChangesAsync(cancel);
        return job;
    }

    public void Run(Job job, JobReporter reporter) => Run(job, (at, total) =>
    {
        reporter.Report((double)at / total, $"{at:N0} of {total:N0} captions", null);
        if (at > 0)
        {
            reporter.Advanced();
        }
    }, reporter.Stop).GetAwaiter().GetResult();

    /// <summary>Does a claimed run to its end.</summary>
    /// <param name="report">Told how many captions were asked for, of how many.</param>
    /// <exception cref="LabelerException">The endpoint refuses this installation.</exception>
    /// <exception cref="JobLostException">Another process has the job.</exception>
    public async Task Run(Job job, Action<int, int> report, CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var open = (await CuratedPhoto.Kept(db, job.ProjectId!.Value, job.Read<CaptionOrder>().Labels, cancel))
            .Where(photo => photo.Photo.Caption is null).ToList();
        for (var at = 0; at < open.Count; at++)
        {
            report(at, open.Count);
            await Write(open[at].Photo.Id, await Describe(open[at].Photo, cancel), cancel);
        }
        if (!await queue.Succeed(job, cancel))
        {
            throw new JobLostException(job);
        }
    }

    private async Task<CaptionAnswer> Describe(Photo photo, CancellationToken cancel)
    {
        var content = await files.Read(photo.ContentHash, cancel);
        return await captioner.Describe(Picture.Decode(Thumbnail.WebP(content, options.Side)).ToJpeg(90), cancel);
    }

    private async Task Write(long photoId, CaptionAnswer answer, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var photo = await db.Photos.FirstAsync(p => p.Id == photoId, cancel);
        photo.Spend(answer.InputTokens, answer.OutputTokens);
        // A person may have written one meanwhile; theirs stays.
        if (answer.Caption is { } caption && photo.Caption is null)
        {
            photo.Describe(caption, options.Model, options.Rules, time.GetUtcNow());
        }
        else if (answer.Fault is { } fault)
        {
            photo.GiveUp(fault);
        }
        await db.SaveChangesAsync(cancel);
    }
}
