namespace Labeler.Shared.Data;

/// <summary>The stored files that the database names.</summary>
public static class FileReferences
{
    /// <summary>What each is, in a few words, by its content hash.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> Read(LabelerDb db, CancellationToken cancel = default)
    {
        var named = new Dictionary<string, string>();
        async Task Add(string what, IQueryable<string?> hashes)
        {
            await foreach (var hash in hashes.Where(hash => hash != null && hash != "").Distinct().AsAsyncEnumerable()
                .WithCancellation(cancel))
            {
                named.TryAdd(hash!, what);
            }
        }
        await Add("a picture", db.Images.Select(image => image.ContentHash));
        await Add("a trajectory", db.Groups.Where(group => group.TrajectoryFreedAt == null).Select(group => group.TrajectoryHash));
        await Add("a checkpoint's weights",
            db.Checkpoints.Where(checkpoint => checkpoint.WeightsFreedAt == null).Select(checkpoint => checkpoint.WeightsHash));
        await Add("a checkpoint's optimizer",
            db.Checkpoints.Where(checkpoint => checkpoint.OptimizerFreedAt == null).Select(checkpoint => checkpoint.OptimizerHash));
        await Add("what a checkpoint was trained on", db.Checkpoints.Select(checkpoint => checkpoint.ManifestHash));
        await Add("what an epoch is trained on", db.Epochs.Select(epoch => epoch.ManifestHash));
        await Add("a photo", db.Photos.Select(photo => photo.ContentHash));
        await Add("a sheet of fine-tuning", db.TrainingSheets.Select(sheet => sheet.ContentHash));
        await Add("what a learned reward was taught", db.LearnedRewards.Select(reward => reward.ManifestHash));
        await Add("a learned reward's weights", db.LearnedRewards.Select(reward => reward.WeightsHash));
        return named;
    }
}
