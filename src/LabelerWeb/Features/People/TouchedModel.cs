namespace Labeler.Web.Features.People;

/// <summary>A model that learned from somebody's votes.</summary>
/// <param name="Epoch">Number of the epoch whose votes it learned from.</param>
public sealed record TouchedModel(long Checkpoint, string Project, int Epoch)
{
    public static async Task<IReadOnlyList<TouchedModel>> By(LabelerDb db, Guid annotator)
    {
        var ids = (await CheckpointLineage.TouchedBy(db, annotator)).Select(c => c.Id).ToList();
        return await db.Checkpoints.Where(c => ids.Contains(c.Id))
            .Join(db.Epochs, c => c.EpochId, e => e.Id, (c, e) => new { c.Id, e.ProjectId, e.Number })
            .Join(db.Projects, c => c.ProjectId, p => p.Id, (c, p) => new { c.Id, p.Name, c.Number }).OrderBy(c => c.Id)
            .Select(c => new TouchedModel(c.Id, c.Name, c.Number)).ToListAsync();
    }
}
