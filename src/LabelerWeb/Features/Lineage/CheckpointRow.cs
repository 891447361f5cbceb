namespace Labeler.Web.Features.Lineage;

/// <summary>A checkpoint as the table of a project's checkpoints shows it.</summary>
public sealed class CheckpointRow
{
    public long Id { get; init; }

    /// <summary>Number of the epoch that it learned from.</summary>
    public int Epoch { get; init; }

    /// <summary>What tells it from others of its epoch; see <see cref="Checkpoint.Name"/>.</summary>
    public string? Name { get; init; }
    public int? Step { get; init; }
    public AdapterKind Kind { get; init; }

    /// <summary>Number of the epoch whose checkpoint it was trained on from; null for the base model.</summary>
    public int? From { get; init; }

    /// <summary>Votes that it learned from.</summary>
    public int Votes { get; init; }

    /// <summary>Number of the last epoch that it sampled; null where it sampled none.</summary>
    public int? Sampled { get; init; }

    /// <summary>Checkpoints that were trained on from it.</summary>
    public int Children { get; init; }
    public bool RolledBack { get; init; }
    public DateTimeOffset Made { get; init; }
    public string Weights { get; init; } = "";

    public static IQueryable<CheckpointRow> Of(LabelerDb db, long project) =>
        from checkpoint in db.Checkpoints.AsNoTracking()
        where checkpoint.ProjectId == project
        select new CheckpointRow
        {
            Id = checkpoint.Id,
            Epoch = db.Epochs.Where(epoch => epoch.Id == checkpoint.EpochId).Select(epoch => epoch.Number).FirstOrDefault(),
            Name = checkpoint.Name,
            Step = checkpoint.Step,
            Kind = checkpoint.Kind,
            From = db.Epochs.Where(epoch => epoch.CheckpointId == checkpoint.ParentId && checkpoint.ParentId != null)
                .Select(epoch => (int?)epoch.Number).FirstOrDefault(),
            Votes = db.CheckpointVotes.Count(taught => taught.CheckpointId == checkpoint.Id),
            Sampled = db.Epochs.Where(epoch => epoch.SampledById == checkpoint.Id).Max(epoch => (int?)epoch.Number),
            Children = db.Checkpoints.Count(child => child.ParentId == checkpoint.Id),
            RolledBack = checkpoint.RolledBackAt != null,
            Made = checkpoint.CreatedAt,
            Weights = checkpoint.WeightsHash,
        };
}
