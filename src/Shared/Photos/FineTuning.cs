using System.Text;
using Labeler.Shared.Data;
using Labeler.Shared.Files;
using Labeler.Shared.Jobs;
using Labeler.Shared.Lineage;
using Labeler.Shared.Projects;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Shared.Photos;

/// <summary>Fine-tuning a model on a project's curated photos: what is queued, and what the worker hands in, one adapter a label.</summary>
public sealed class FineTuning(IDbContextFactory<LabelerDb> contexts, FileStore files, TimeProvider time)
{
    /// <summary>Freezes the photos that have a caption and one of the labels, and queues the training on them.</summary>
    /// <exception cref="LabelerException">An option is out of range, a training is under way, or a label has no photo with a caption.</exception>
    public async Task<Job> Queue(long projectId, IReadOnlyList<string> labels, FineTuneOptions options, CancellationToken cancel = default)
    {
        options.Validate();
        await using var db = await contexts.CreateDbContextAsync(cancel);
        if (await db.Jobs.AnyAsync(j => j.ProjectId == projectId && j.Kind == JobKind.FineTune && (j.State == JobState.Queued || j.State == JobState.Running), cancel))
        {
            throw new LabelerException("A fine-tuning of this project is under way: wait for it, or cancel it first.");
        }
        var photos = (await CuratedPhoto.Kept(db, projectId, labels, cancel)).Where(photo => photo.Photo.Caption is not null)
            .Select(photo => new TaughtPhoto(photo.Photo.ContentHash, photo.Photo.Caption!, photo.Label!)).ToList();
        if (labels.Count == 0)
        {
            throw new LabelerException("Choose at least one label to learn from.");
        }
        if (labels.FirstOrDefault(label => !photos.Exists(photo => photo.Label == label)) is { } empty)
        {
            throw new LabelerException($"No photo of {empty} has a caption: describe some first, or leave the label out.");
        }
        var manifest = await files.Put(Encoding.UTF8.GetBytes(JsonText.Write(new FineTuneManifest(options, photos))), cancel);
        var epoch = await db.Epochs.Where(e => e.ProjectId == projectId).OrderByDescending(e => e.Number).Select(e => e.Id).FirstAsync(cancel);
        var job = Job.Queue(JobKind.FineTune, projectId, epoch, new FineTuneOrder(manifest, labels), time.GetUtcNow());
        db.Jobs.Add(job);
        await db.SaveChangesAsync(cancel);
        return job;
    }

    /// <summary>The worker begins or goes on: what to learn from, and the labels whose adapters are still to be made.</summary>
    public async Task<(FineTuneManifest Manifest, IReadOnlyList<string> Open)> Start(Job job, CancellationToken cancel = default)
    {
        var order = job.Read<FineTuneOrder>();
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var made = await db.Checkpoints.Where(c => c.EpochId == job.EpochId && c.ManifestHash == order.Manifest && c.CreatedAt >= job.CreatedAt).Select(c => c.Name).ToListAsync(cancel);
        return (JsonText.Read<FineTuneManifest>(Encoding.UTF8.GetString(await files.Read(order.Manifest, cancel))), [.. order.Labels.Where(label => !made.Contains(label))]);
    }

    /// <summary>Keeps a sheet; again: nothing happens.</summary>
    public Task Keep(Job job, string label, int step, SheetSeeds seeds, string contentHash, CancellationToken cancel = default) => Held(job, async db =>
    {
        if (!await db.TrainingSheets.AnyAsync(s => s.JobId == job.Id && s.Label == label && s.Step == step && s.Seeds == seeds, cancel))
        {
            db.TrainingSheets.Add(new TrainingSheet(job.Id, label, step, seeds, contentHash));
        }
    }, cancel);

    /// <summary>The adapter of one label is there; its file must be in the store.</summary>
    public Task Complete(Job job, string label, string weightsHash, CancellationToken cancel = default) => Held(job, async db =>
    {
        var epoch = await db.Epochs.FirstAsync(e => e.Id == job.EpochId, cancel);
        db.Checkpoints.Add(Checkpoint.OfPhotos(epoch, label, AdapterKind.Lora, weightsHash, job.Read<FineTuneOrder>().Manifest, time.GetUtcNow()));
    }, cancel);

    private Task<bool> Held(Job job, Func<LabelerDb, Task> write, CancellationToken cancel) => contexts.Write(Exclusive.Epoch, job.ProjectId!.Value, async db =>
    {
        if (!await JobQueue.Held(db, job).AnyAsync(j => !j.CancelRequested, cancel))
        {
            throw new JobLostException(job);
        }
        await write(db);
        await db.SaveChangesAsync(cancel);
        return true;
    }, cancel);
}
