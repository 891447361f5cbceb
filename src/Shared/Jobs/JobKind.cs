namespace Labeler.Shared.Jobs;

/// <summary>The numbers are stored.</summary>
public enum JobKind
{
    Sample = 0,
    Train = 1,
    Evaluate = 2,
    Import = 3,
    Export = 4,
    Caption = 5,
    FineTune = 6,
    RewardModel = 7,
    Score = 8,
    ImportPairs = 9,

    /// <summary>A share of a job of its kind.</summary>
    SampleShare = 10,

    /// <inheritdoc cref="SampleShare"/>
    EvaluateShare = 11,

    /// <inheritdoc cref="SampleShare"/>
    ScoreShare = 12,
}

/// <summary>The numbers are stored.</summary>
public enum JobState { Queued = 0, Running = 1, Succeeded = 2, Failed = 3, Cancelled = 4 }
