namespace Labeler.Shared.Epochs;

/// <summary>Where an epoch stands, in the order of its life. The numbers are stored, and compare as the order reads.</summary>
public enum EpochState
{
    /// <summary>The model makes images; complete groups can already be labeled.</summary>
    Sampling = 0,

    /// <summary>All images are there.</summary>
    Labeling = 10,

    /// <summary>The preferences are frozen in a manifest and training is queued; no votes are asked for any more.</summary>
    Frozen = 20,
    Training = 30,

    /// <summary>Trained; its checkpoint samples the next epoch.</summary>
    Complete = 40,

    /// <summary>Sampling or training failed; Retry goes on where it stopped.</summary>
    Failed = 50,

    /// <summary>Given up before anything could be labeled.</summary>
    Cancelled = 60,

    /// <summary>An admin went back to a checkpoint from before this epoch.</summary>
    RolledBack = 70,
}
