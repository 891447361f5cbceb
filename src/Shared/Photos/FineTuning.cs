using System.Text;
using Labeler.Shared.Epochs;
using Labeler.Shared.Jobs;
using Labeler.Shared.Storage;

namespace Labeler.Shared.Photos;

/// <summary>Fine-tuning a model on a project's curated photos: what is queued, and what the worker hands in: of each label the adapter at
/// every evaluation and in the end.</summary>
public sealed class FineTuning(IDbContextFactory<LabelerDb> contexts, FileStore files, TimeProvider time)
{
    /// <summary>Freezes the photos that have a caption and one of the labels, and queues the training on them.</summary>
    /// <exception cref="LabelerException">An option is out of range, a training is under way, or a label has no photo with a
    /// caption.</exception>
    public async Task<Job> Queue(long projectId, IReadOnlyList<string> labels, FineTuneOptions options, CancellationToken cancel = default)
    {
        options.Validate();
        await using var db = await contexts.CreateDbContextAsync(cancel);
        LabelerException.ThrowIf(
            await db.Jobs.AnyAsync(
                j => j.ProjectId == projectId && j.Kind == JobKind.FineTune
                    && (j.State == JobState.Queued || j.State == JobState.Running), cancel),
            "A fine-tuning of this project is under way: wait for it, or cancel it first.");
        var photos = (await CuratedPhoto.Kept(db, projectId, labels, cancel)).Where(photo => photo.Photo.Caption is not null)
            .Select(photo => new TaughtPhoto(photo.Photo.ContentHash, photo.Photo.Caption!, photo.Label!)).ToList();
        LabelerException.ThrowIf(labels.Count == 0, "Choose at least one label to learn from.");
        if (labels.FirstOrDefault(label => !photos.Exists(photo => photo.Label == label)) is { } empty)
        {
            throw new LabelerException($"No photo of {empty} has a caption: describe some first, or leave the label out.");
        }
        var manifest = await files.Put(Encoding.UTF8.GetBytes(JsonText.Write(new FineTuneManifest(options, photos))), cancel);
        var epoch = await db.Epochs.Where(e => e.ProjectId == projectId).OrderByDescending(e => e.Number).Select(e => e.Id)
            .FirstAsync(cancel);
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
        var manifest = JsonText.Read<FineTuneManifest>(Encoding.UTF8.GetString(await files.Read(order.Manifest, cancel)));
        var made = await db.Checkpoints.Where(c => c.JobId == job.Id && c.Step == manifest.Options.Steps).Select(c => c.Name)
            .ToListAsync(cancel);
        return (manifest, [.. order.Labels.Where(label => !made.Contains(label))]);
    }

    /// <summary>
    /// Keeps one label's adapter as it is after some steps, with the sheets of what it makes, if any; again: nothing happens. The adapter
    /// of
    /// the last step ends the label. The files must be in the store.
    /// </summary>
    /// <exception cref="JobLostException">Another worker has the job, or somebody called it off; nothing was written.</exception>
    public Task Keep(Job job, string label, int step, string weightsHash, IReadOnlyDictionary<SheetSeeds, string> sheets,
        CancellationToken cancel = default) => contexts.Write(job, async (db, held) =>
    {
        if (await db.Checkpoints.AnyAsync(c => c.JobId == job.Id && c.Name == label && c.Step == step, cancel))
        {
            return held;
        }
        var epoch = await db.Epochs.FirstAsync(e => e.Id == job.EpochId, cancel);
        db.Checkpoints.Add(
            Checkpoint.OfPhotos(epoch, job.Id, job.Read<FineTuneOrder>().Manifest, label, step, weightsHash, time.GetUtcNow()));
        db.TrainingSheets.AddRange(sheets.Select(sheet => new TrainingSheet(job.Id, label, step, sheet.Key, sheet.Value)));
        return held;
    }, cancel);
}
