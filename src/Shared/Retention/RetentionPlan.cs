using Labeler.Shared.Storage;

namespace Labeler.Shared.Retention;

/// <summary>What one rule names now.</summary>
/// <param name="Count">Trajectories, checkpoints, pictures or votes.</param>
/// <param name="Bytes">That are freed on the disk; null for rows of the database, which gives its space to later rows.</param>
public sealed record Freed(string Rule, long Count, long? Bytes);

/// <summary>The dry run: what a policy would free now.</summary>
public static class RetentionPlan
{
    /// <summary>One line for each rule that is set, in the order of the settings. Changes nothing.</summary>
    public static async Task<IReadOnlyList<Freed>> Make(LabelerDb db, FileStore files, DataFolder folder, RetentionSettings settings,
        DateTimeOffset now, CancellationToken cancel = default)
    {
        var plan = new List<Freed>();
        if (settings.TrajectoryDays is { } trajectories)
        {
            var hashes = Freeable.Trajectories(db, now.AddDays(-trajectories)).Select(g => g.TrajectoryHash!);
            plan.Add(await Of("Trajectories", files, hashes, cancel));
        }
        if (settings.OptimizerDays is { } optimizers)
        {
            var hashes = Freeable.Optimizers(db, now.AddDays(-optimizers)).Select(c => c.OptimizerHash!);
            plan.Add(await Of("Optimizer states", files, hashes, cancel));
        }
        if (settings.CheckpointDays is { } checkpoints)
        {
            var weights = await Freeable.Weights(db, now.AddDays(-checkpoints), cancel);
            var bytes = 0L;
            foreach (var checkpoint in weights)
            {
                bytes += await files.SizeOf(checkpoint.WeightsHash, cancel) ?? 0;
            }
            plan.Add(new("Weights of rolled back checkpoints", weights.Count, bytes));
        }
        if (settings.ThumbnailDays is { } thumbnails)
        {
            var old = Thumbnails(folder, now.AddDays(-thumbnails)).ToList();
            plan.Add(new("Pictures as browsers got them", old.Count, old.Sum(file => file.Length)));
        }
        if (settings.VoteDays is { } votes)
        {
            plan.Add(new("Votes of people who withdrew", await Freeable.Votes(db, now.AddDays(-votes)).LongCountAsync(cancel), null));
        }
        return plan;
    }

    /// <summary>Pictures as browsers got them, made before a time.</summary>
    internal static IEnumerable<FileInfo> Thumbnails(DataFolder folder, DateTimeOffset before) => Directory.Exists(folder.Delivered)
        ? new DirectoryInfo(folder.Delivered).EnumerateFiles("*", SearchOption.AllDirectories)
            .Where(file => file.LastWriteTimeUtc < before.UtcDateTime)
        : [];

    private static async Task<Freed> Of(string rule, FileStore files, IQueryable<string> hashes, CancellationToken cancel)
    {
        var (count, bytes) = (0L, 0L);
        await foreach (var hash in hashes.AsAsyncEnumerable().WithCancellation(cancel))
        {
            (count, bytes) = (count + 1, bytes + (await files.SizeOf(hash, cancel) ?? 0));
        }
        return new(rule, count, bytes);
    }
}
