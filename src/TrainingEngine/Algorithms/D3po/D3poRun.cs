using Labeler.TrainingEngine.Training;

namespace Labeler.TrainingEngine.Algorithms.D3po;

/// <summary>What one epoch of D3PO learns from, and where it writes.</summary>
public sealed record D3poRun
{
    /// <summary>Trajectory file of each group, in the order that the preferences count groups.</summary>
    public required IReadOnlyList<string> Trajectories { get; init; }

    /// <summary>
    /// So many of the last trajectories are of earlier epochs and learned from again: the policies that sampled them stay
    /// their references, so their hashes and ratios are not those of the policy that is trained.
    /// </summary>
    public int Replayed { get; init; }

    /// <summary>The judgements.</summary>
    public required IReadOnlyList<PreferencePair> Preferences { get; init; }

    /// <summary>Settings of the algorithm.</summary>
    public required D3poOptions Options { get; init; }

    /// <summary>What is trained.</summary>
    public required TrainedPart Trained { get; init; }

    /// <summary>Where and how.</summary>
    public required RunOptions Place { get; init; }
}

/// <summary>How far a run is.</summary>
public sealed record D3poProgress(int Step, int Steps, int InnerEpoch, long ImagesInStep, long ImagesDone, long ImagesTotal, StepMetrics Metrics);

/// <summary>What a finished run left behind.</summary>
/// <param name="Checkpoint">Folder of the last checkpoint.</param>
/// <param name="Weights">Adapter in the diffusers format (kohya's lies beside it), or the U-Net's weights.</param>
/// <param name="Timesteps">Metrics per timestep of every inner epoch.</param>
public sealed record D3poResult(string Checkpoint, string Weights, IReadOnlyList<TimestepMetrics> Timesteps);
