using Labeler.Shared.Data.Servers;
using Labeler.Shared.Epochs;
using Labeler.Shared.Storage;

namespace Labeler.Shared.Retention;

/// <summary>
/// Removes what a policy names. The database says first, in a transaction, that a file is no longer needed; the file goes afterwards,
/// unless something else names the same one. What is interrupted in between is finished the next time.
/// </summary>
public sealed class RetentionRun(IDbContextFactory<LabelerDb> contexts, FileStore files, DataFolder folder, TimeProvider time)
{
    private const int AtOnce = 500;

    /// <summary>Applies a policy.</summary>
    /// <returns>What was freed, as <see cref="RetentionPlan"/> counts it.</returns>
    public async Task<IReadOnlyList<Freed>> Apply(RetentionSettings settings, CancellationToken cancel = default)
    {
        var now = time.GetUtcNow();
        IReadOnlyList<Freed> plan;
        await using (var db = await contexts.CreateDbContextAsync(cancel))
        {
            plan = await RetentionPlan.Make(db, files, folder, settings, now, cancel);
        }
        if (settings.TrajectoryDays is { } trajectories)
        {
            await MarkTrajectories(now.AddDays(-trajectories), now, cancel);
        }
        if (settings.OptimizerDays is { } optimizers)
        {
            await Mark(db => Freeable.Optimizers(db, now.AddDays(-optimizers)).ToListAsync(cancel), c => c.FreeOptimizer(now), cancel);
        }
        if (settings.CheckpointDays is { } checkpoints)
        {
            await Mark(db => Freeable.Weights(db, now.AddDays(-checkpoints), cancel), c => c.FreeWeights(now), cancel);
        }
        if (settings.ThumbnailDays is { } thumbnails)
        {
            foreach (var file in RetentionPlan.Thumbnails(folder, now.AddDays(-thumbnails)))
            {
                file.Delete();
            }
        }
        if (settings.VoteDays is { } votes)
        {
            await RemoveVotes(now.AddDays(-votes), cancel);
        }
        await Sweep(cancel);
        await Remember(now, cancel);
        return plan;
    }

    // An epoch at a time, so that votes never wait long for the one writer.
    private async Task MarkTrajectories(DateTimeOffset before, DateTimeOffset now, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        foreach (var epoch in await Freeable.Trajectories(db, before).Select(g => g.EpochId).Distinct().ToListAsync(cancel))
        {
            await Freeable.Trajectories(db, before).Where(g => g.EpochId == epoch)
                .ExecuteUpdateAsync(set => set.SetProperty(g => g.TrajectoryFreedAt, now), cancel);
        }
    }

    // Beside whoever starts or rolls back an epoch of the project: what was free a moment ago is asked about again.
    private async Task Mark(Func<LabelerDb, Task<List<Checkpoint>>> find, Action<Checkpoint> mark, CancellationToken cancel)
    {
        List<Checkpoint> found;
        await using (var db = await contexts.CreateDbContextAsync(cancel))
        {
            found = await find(db);
        }
        foreach (var project in found.Select(c => c.ProjectId).Distinct())
        {
            await contexts.Write(LockScope.Epoch, project, async db =>
            {
                var ids = (await find(db)).Where(c => c.ProjectId == project).Select(c => c.Id).ToList();
                db.ChangeTracker.Clear();
                (await db.Checkpoints.Where(c => ids.Contains(c.Id)).ToListAsync(cancel)).ForEach(mark);
                return await db.SaveChangesAsync(cancel);
            }, cancel);
        }
    }

    private async Task RemoveVotes(DateTimeOffset before, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        // First what was taken back, then what took it back, which stays where somebody else's vote fell with it.
        foreach (var isTakenBack in new[] { true, false })
        {
            List<long> ids;
            do
            {
                ids = await Freeable.Votes(db, before)
                    .Where(v => (v.SupersededById != null) == isTakenBack && !db.Votes.Any(o => o.SupersededById == v.Id))
                    .OrderBy(v => v.Id).Select(v => v.Id).Take(AtOnce).ToListAsync(cancel);
                await using var together = await db.Database.BeginTransactionAsync(cancel);
                await EpochRevisions.CountOf(db, db.Votes.Where(v => ids.Contains(v.Id)), cancel);
                await db.Votes.Where(v => ids.Contains(v.Id)).ExecuteDeleteAsync(cancel);
                await together.CommitAsync(cancel);
            }
            while (ids.Count == AtOnce);
        }
    }

    /// <summary>Removes the files of what was marked, now or by a run that was interrupted.</summary>
    private async Task Sweep(CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var marked = await db.Groups.Where(g => g.TrajectoryFreedAt != null).Select(g => g.TrajectoryHash!)
            .Concat(db.Checkpoints.Where(c => c.OptimizerFreedAt != null).Select(c => c.OptimizerHash!))
            .Concat(db.Checkpoints.Where(c => c.WeightsFreedAt != null).Select(c => c.WeightsHash)).Distinct().ToListAsync(cancel);
        var left = new List<string>();
        foreach (var hash in marked)
        {
            if (await files.Has(hash, cancel))
            {
                left.Add(hash);
            }
        }
        if (left.Count == 0)
        {
            return;
        }
        // By the clock of the disk, which notes when a file was brought in again.
        var asked = TimeProvider.System.GetUtcNow();
        var named = await FileReferences.Read(db, cancel);
        foreach (var hash in left.Where(hash => !named.ContainsKey(hash)))
        {
            await files.Remove(hash, asked, cancel);
        }
    }

    private async Task Remember(DateTimeOffset now, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        if (await db.RetentionPolicies.FirstOrDefaultAsync(cancel) is { } policy)
        {
            policy.Apply(now);
            await db.SaveChangesAsync(cancel);
        }
    }
}
