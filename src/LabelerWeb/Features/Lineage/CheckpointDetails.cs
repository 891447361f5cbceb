namespace Labeler.Web.Features.Lineage;

/// <summary>Where a checkpoint comes from and what came of it.</summary>
/// <param name="Line">From itself back to the first one after the base model.</param>
/// <param name="Children">Checkpoints trained on from it.</param>
/// <param name="Numbers">Number of the epoch that each checkpoint of the project learned from.</param>
/// <param name="Reward">What it learned from in the place of its epoch's votes; null where it learned from these.</param>
/// <param name="Teacher">The reward whose scores it learned from, alone or beside votes; null where there was none.</param>
/// <param name="Staleness">How many of the votes that taught the reward teach nothing any more.</param>
public sealed record CheckpointDetails(
    Checkpoint Checkpoint, Project Project, IReadOnlyList<Checkpoint> Line, IReadOnlyList<Checkpoint> Children,
    IReadOnlyDictionary<long, int> Numbers,
    IReadOnlyList<VoteContribution> Own, IReadOnlyList<VoteContribution> WholeLine, IReadOnlyList<EpochChange> Changes,
    LearnedReward? Reward, ManifestTeacher? Teacher, Staleness? Staleness)
{
    public static async Task<CheckpointDetails?> Read(LabelerDb db, FileStore files, FinishedEpochs finished, long id)
    {
        if (await db.Checkpoints.AsNoTracking().FirstOrDefaultAsync(c => c.Id == id) is not { } checkpoint
            || await db.Projects.AsNoTracking()
                .FirstOrDefaultAsync(p => p.Id == checkpoint.ProjectId && p.DeletedAt == null) is not { } project)
        {
            return null;
        }
        var numbers = await db.Checkpoints.Where(c => c.ProjectId == project.Id)
            .Join(db.Epochs, c => c.EpochId, e => e.Id, (c, e) => new { c.Id, e.Number }).ToDictionaryAsync(c => c.Id, c => c.Number);
        var sampled = await db.Epochs.Where(e => e.SampledById == id).Select(e => e.Number).ToListAsync();
        var reward = await db.Epochs.Where(e => e.CheckpointId == id).Join(db.LearnedRewards, e => e.RewardId, r => r.Id, (_, r) => r)
            .AsNoTracking().FirstOrDefaultAsync();
        return new(
            checkpoint, project, await CheckpointLineage.Line(db, id),
            await db.Checkpoints.AsNoTracking().Where(c => c.ParentId == id).OrderBy(c => c.Id).ToListAsync(), numbers,
            await VoteContribution.Read(db, db.Votes.Where(v => db.CheckpointVotes.Any(t => t.VoteId == v.Id && t.CheckpointId == id))),
            await VoteContribution.Read(db, await CheckpointLineage.Votes(db, id)),
            await EpochChange.Read(db, finished, project, sampled),
            reward, await ReadTeacher(files, checkpoint), reward is null ? null : await Staleness.Read(db, files, reward));
    }

    // Fine-tuning on photos has a manifest of another kind.
    private static async Task<ManifestTeacher?> ReadTeacher(FileStore files, Checkpoint checkpoint) =>
        checkpoint.JobId is null && await files.Has(checkpoint.ManifestHash)
            ? Manifest.Read(await files.Read(checkpoint.ManifestHash)).Teacher : null;
}
