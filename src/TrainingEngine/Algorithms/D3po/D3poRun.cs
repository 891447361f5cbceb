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
    public required IReadOnlyList<Preference> Preferences { get; init; }

    /// <summary>Settings of the algorithm.</summary>
    public required D3poOptions Options { get; init; }

    /// <summary>What is trained.</summary>
    public required TrainedPart Trained { get; init; }

    /// <summary>Folder for checkpoints, metrics and the result. A run finds its own checkpoints there and goes on.</summary>
    public required string Output { get; init; }

    /// <summary>Hash of the frozen judgements, kept in the checkpoint.</summary>
    public string? Manifest { get; init; }

    /// <summary>Name or hash of the checkpoint that sampled, kept in the checkpoint.</summary>
    public string? Parent { get; init; }

    /// <summary>Compute activations again in the backward pass instead of keeping them: less memory, a third more work.</summary>
    public bool Recompute { get; init; }

    /// <summary>Refuse trajectories of another model or adapter than the one that is trained.</summary>
    public bool CheckHashes { get; init; } = true;

    /// <summary>Most images in one forward with gradients; 0 chooses by the model's size and the free memory.</summary>
    public int MicroBatch { get; init; }

    /// <summary>Micro-batches computed at once; 0 measures what is fastest.</summary>
    public int Workers { get; init; }

    /// <summary>libtorch's threads in each; 0 measures what is fastest.</summary>
    public int Threads { get; init; }

    /// <summary>Least time between two checkpoints; zero writes one after every optimizer step.</summary>
    public TimeSpan CheckpointEvery { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The time.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Takes lines that tell what is going on.</summary>
    public Action<string>? Report { get; init; }

    /// <summary>Called once, when all is ready for the first optimizer step, with the images done already and all images.</summary>
    public Action<long, long>? Begun { get; init; }
}

/// <summary>How far a run is.</summary>
public sealed record D3poProgress(int Step, int Steps, int InnerEpoch, long ImagesInStep, long ImagesDone, long ImagesTotal, StepMetrics Metrics);

/// <summary>What a finished run left behind.</summary>
/// <param name="Checkpoint">Folder of the last checkpoint.</param>
/// <param name="Weights">Adapter in the diffusers format (kohya's lies beside it), or the U-Net's weights.</param>
/// <param name="Timesteps">Metrics per timestep of every inner epoch.</param>
public sealed record D3poResult(string Checkpoint, string Weights, IReadOnlyList<TimestepMetrics> Timesteps);
