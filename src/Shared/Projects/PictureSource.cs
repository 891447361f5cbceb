namespace Labeler.Shared.Projects;

/// <summary>Where a project's pictures come from. The numbers are stored.</summary>
public enum PictureSource
{
    /// <summary>Each epoch's model makes them; the votes train the next one.</summary>
    Sampled = 0,

    /// <summary>Photos that were brought in, to be sorted or scored.</summary>
    Imported = 1,

    /// <summary>Given checkpoints make them once, to be compared.</summary>
    Checkpoints = 2,
}
