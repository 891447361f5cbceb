using Labeler.TrainingEngine.Lora;

namespace Labeler.TrainingEngine.Algorithms.D3po;

/// <summary>What one epoch of D3PO learns from, and where it writes.</summary>
public sealed record D3poRun
{
    /// <summary>Trajectory file of each group, in the order that the preferences count groups.</summary>
    public required IReadOnlyList<string> Trajectories { get; init; }

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
}

/// <summary>What is trained: a LoRA adapter, or all of the U-Net's weights.</summary>
public abstract record TrainedPart
{
    /// <summary>A new adapter, or one that goes on from a file, whose layers, rank and alpha then count.</summary>
    /// <param name="Targets">Layers with a branch.</param>
    /// <param name="Rank">Inner width; 4 as published.</param>
    /// <param name="Alpha">Scale times rank; the rank where it is null.</param>
    /// <param name="From">Adapter file of the policy that sampled; null for a new one.</param>
    public sealed record Adapter(LoraTargets Targets = LoraTargets.Attention, int Rank = 4, double? Alpha = null, string? From = null) : TrainedPart;

    /// <summary>All weights of the U-Net.</summary>
    /// <param name="From">Weights of the policy that sampled; null for the model folder's own.</param>
    public sealed record WholeUNet(string? From = null) : TrainedPart;
}

/// <summary>How far a run is.</summary>
public sealed record D3poProgress(int Step, int Steps, int InnerEpoch, long ImagesDone, long ImagesTotal, StepMetrics Metrics);

/// <summary>What a finished run left behind.</summary>
/// <param name="Checkpoint">Folder of the last checkpoint.</param>
/// <param name="Weights">Adapter in the diffusers format, or the U-Net's weights.</param>
/// <param name="KohyaWeights">Adapter in kohya's format; null for a whole U-Net.</param>
/// <param name="Timesteps">Metrics per timestep of every inner epoch.</param>
public sealed record D3poResult(string Checkpoint, string Weights, string? KohyaWeights, IReadOnlyList<TimestepMetrics> Timesteps);
