namespace Labeler.TrainingEngine.Training;

/// <summary>A run of the shared loop: what is trained, and where it writes.</summary>
public sealed record TrainingRun
{
    /// <summary>The algorithm's name, kept with the result.</summary>
    public required string Algorithm { get; init; }

    /// <summary>Settings of the updates.</summary>
    public required UpdateOptions Updates { get; init; }

    /// <summary>What is learned from, as far as the result follows from it: a run resumes only its own checkpoints.</summary>
    public required object Data { get; init; }

    /// <summary>What is trained.</summary>
    public required TrainedPart Trained { get; init; }

    /// <summary>Images in one forward with gradients.</summary>
    public required MemoryPlan Memory { get; init; }

    /// <summary>Where and how.</summary>
    public required RunOptions Place { get; init; }

    /// <summary>
    /// Called after an optimizer step with the steps done, and with what writes the weights as they are then into a folder, in the files
    /// of the result; called again when a stopped run repeats the step.
    /// </summary>
    public Action<int, Action<string>>? AfterStep { get; init; }
}

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

    /// <summary>Most images in one forward with gradients; 0 chooses by the model's size and the free memory.</summary>
    public int MicroBatch { get; init; }

    /// <summary>Parts computed at once; 0 measures what is fastest.</summary>
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

    /// <summary>Called after every optimizer step.</summary>
    public Action<TrainingProgress>? Progress { get; init; }
}

/// <summary>A line of the metrics file: one optimizer step.</summary>
/// <param name="Figures">What the algorithm measures; <c>loss</c> is among it.</param>
/// <param name="GradientNorm">Before clipping.</param>
/// <param name="SecondsLeft">Of the whole run, at the speed so far.</param>
public sealed record TrainingMetrics(
    int Step, int Steps, IReadOnlyDictionary<string, double> Figures, double GradientNorm, double ImagesPerSecond, double SecondsLeft);

/// <summary>How far a run is, in images counted once for each timestep at which they are scored.</summary>
public sealed record TrainingProgress(long ImagesInStep, long ImagesDone, long ImagesTotal, TrainingMetrics Metrics);

/// <summary>What a finished run left behind.</summary>
/// <param name="Checkpoint">Folder of the last checkpoint.</param>
/// <param name="Weights">Adapter in the diffusers format (kohya's lies beside it), or the U-Net's weights.</param>
public sealed record TrainingResult(string Checkpoint, string Weights);
