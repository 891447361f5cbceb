namespace Labeler.TrainingEngine.Training.Loop;

/// <summary>What is trained, and where it writes.</summary>
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
