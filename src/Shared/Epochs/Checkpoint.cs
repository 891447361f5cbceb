using Labeler.Shared.Projects;

namespace Labeler.Shared.Epochs;

/// <summary>What one epoch's training made: an adapter (or the whole U-Net), with everything it came from.</summary>
public sealed class Checkpoint
{
    private Checkpoint() { }

    public long Id { get; private set; }
    public long ProjectId { get; private set; }
    public long EpochId { get; private set; }

    /// <summary>The checkpoint it was trained on from; null for the base model.</summary>
    public long? ParentId { get; private set; }
    public AdapterKind Kind { get; private set; }

    /// <summary>What tells it from other checkpoints of its epoch, as the label whose photos it learned from; null where an epoch has
    /// one.</summary>
    public string? Name { get; private set; }

    /// <summary>The fine-tuning on photos that made it; null where votes did.</summary>
    public long? JobId { get; private set; }

    /// <summary>Optimizer steps that its fine-tuning had taken; null where votes made it.</summary>
    public int? Step { get; private set; }

    /// <summary>Content hash of the weights in the file store: the adapter in the diffusers format, or the U-Net's weights.</summary>
    public string WeightsHash { get; private set; } = "";

    /// <summary>Content hash of the optimizer's state; null where none was kept.</summary>
    public string? OptimizerHash { get; private set; }

    /// <summary>When the optimizer's state was removed; null where it is kept.</summary>
    public DateTimeOffset? OptimizerFreedAt { get; private set; }

    /// <summary>When the weights were removed, so that nobody can go back to it any more; null where they are kept.</summary>
    public DateTimeOffset? WeightsFreedAt { get; private set; }

    /// <summary>Of the optimizer's state that training can go on with.</summary>
    public string? KeptOptimizer => OptimizerFreedAt is null ? OptimizerHash : null;
    public string ManifestHash { get; private set; } = "";
    public DateTimeOffset CreatedAt { get; private set; }
    public DateTimeOffset? RolledBackAt { get; private set; }

    public static Checkpoint Of(Epoch epoch, AdapterKind kind, string weightsHash, string? optimizerHash, DateTimeOffset now) => new()
    {
        ProjectId = epoch.ProjectId,
        EpochId = epoch.Id,
        ParentId = epoch.SampledById,
        Kind = kind,
        WeightsHash = weightsHash,
        OptimizerHash = optimizerHash,
        ManifestHash = epoch.ManifestHash
            ?? throw new LabelerException($"Epoch {epoch.Number} has no frozen manifest to make a checkpoint from."),
        CreatedAt = now,
    };

    /// <summary>An adapter trained on the base model from a set of photos.</summary>
    /// <param name="label">Whose photos it learned from.</param>
    /// <param name="step">Optimizer steps taken by then.</param>
    public static Checkpoint OfPhotos(Epoch epoch, long jobId, string manifestHash, string label, int step, string weightsHash,
        DateTimeOffset now) => new()
        {
            ProjectId = epoch.ProjectId,
            EpochId = epoch.Id,
            Kind = AdapterKind.Lora,
            Name = label,
            JobId = jobId,
            Step = step,
            WeightsHash = weightsHash,
            ManifestHash = manifestHash,
            CreatedAt = now,
        };

    internal void FreeOptimizer(DateTimeOffset now) => OptimizerFreedAt ??= now;

    internal void FreeWeights(DateTimeOffset now) => WeightsFreedAt ??= now;

    internal void RollBack(DateTimeOffset now) => RolledBackAt ??= now;
}

/// <summary>A vote that a checkpoint learned from: the way from votes to checkpoints and back.</summary>
public sealed class CheckpointVote
{
    private CheckpointVote() { }

    public CheckpointVote(Checkpoint checkpoint, long voteId)
    {
        Checkpoint = checkpoint;
        VoteId = voteId;
    }

    public long CheckpointId { get; private set; }
    public Checkpoint? Checkpoint { get; private set; }
    public long VoteId { get; private set; }
}
