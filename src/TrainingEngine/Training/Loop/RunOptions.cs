using Labeler.TrainingEngine.Compute.Ranks;

namespace Labeler.TrainingEngine.Training.Loop;

/// <summary>Where a run writes, and how it uses the machine. None of it changes the result but for the last bits.</summary>
public sealed record RunOptions
{
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

    /// <summary>Most images in one forward with gradients; 0 chooses by the model's size and the machine's memory.</summary>
    public int MicroBatch { get; init; }

    /// <summary>Parts computed at once; 0 for <see cref="Compute.ThreadChoice.For"/>.</summary>
    public int Workers { get; init; }

    /// <summary>libtorch's threads in each; 0 for <see cref="Compute.ThreadChoice.For"/>.</summary>
    public int Threads { get; init; }

    /// <summary>The processes that train together; this one alone where nothing is said.</summary>
    public IRanks Ranks { get; init; } = SingleRank.Only;

    /// <summary>Least time between two checkpoints; zero writes one after every optimizer step.</summary>
    public TimeSpan CheckpointEvery { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The time.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Takes lines that tell what is going on.</summary>
    public Action<string>? Report { get; init; }

    /// <summary>Called once, when all is ready for the first optimizer step, with the images done already and all images.</summary>
    public Action<long, long>? Begun { get; init; }

    /// <summary>Called before a checkpoint is written: whoever keeps figures elsewhere brings them there, because a run that goes on
    /// from it does not give them again.</summary>
    public Action? Saving { get; init; }

    /// <summary>Called after a checkpoint that is further than the one that this run began from.</summary>
    public Action? Saved { get; init; }

    /// <summary>Called after every optimizer step.</summary>
    public Action<TrainingProgress>? Progress { get; init; }
}
