namespace Labeler.Web.Features.Epochs;

/// <summary>An epoch as the table of a project's epochs shows it.</summary>
public sealed class EpochRow
{
    public long Id { get; init; }
    public int Number { get; init; }
    public EpochState State { get; init; }

    /// <summary>Number of the epoch whose checkpoint sampled it; null for the base model.</summary>
    public int? SampledBy { get; init; }
    public int Groups { get; init; }

    /// <summary>Those that stand.</summary>
    public int Votes { get; init; }
    public int? Signal { get; init; }
    public string? ManifestHash { get; init; }
    public long? RewardId { get; init; }
    public long? CheckpointId { get; init; }
    public AdapterKind? Kind { get; init; }
    public DateTimeOffset Began { get; init; }
    public DateTimeOffset? Ended { get; init; }

    /// <summary>Read for rows that are shown; nothing is sorted or filtered by it.</summary>
    public EpochTeaching Taught { get; set; } = EpochTeaching.None;

    public static IQueryable<EpochRow> Of(LabelerDb db, long project)
    {
        var standing = db.Votes.Effective();
        return
            from epoch in db.Epochs.AsNoTracking()
            where epoch.ProjectId == project
            select new EpochRow
            {
                Id = epoch.Id,
                Number = epoch.Number,
                State = epoch.State,
                SampledBy = db.Epochs.Where(one => one.CheckpointId == epoch.SampledById && epoch.SampledById != null)
                    .Select(one => (int?)one.Number).FirstOrDefault(),
                Groups = db.Groups.Count(one => one.EpochId == epoch.Id && one.Use != GroupUse.Evaluation),
                Votes = standing.Count(vote => vote.EpochId == epoch.Id),
                Signal = epoch.Signal,
                ManifestHash = epoch.ManifestHash,
                RewardId = epoch.RewardId,
                CheckpointId = epoch.CheckpointId,
                Kind = epoch.Checkpoint == null ? null : epoch.Checkpoint.Kind,
                Began = epoch.CreatedAt,
                Ended = epoch.EndedAt,
            };
    }
}
