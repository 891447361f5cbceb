namespace Labeler.Shared.Projects;

/// <summary>What annotators do in a project; one task per project. The numbers are stored.</summary>
public enum LabelingTask
{
    /// <summary>Flag the bad images of one group.</summary>
    FlagBatch = 0,

    /// <summary>Choose the better of two images.</summary>
    PreferPair = 1,

    /// <summary>Put one image in one of the project's categories.</summary>
    Categorise = 2,

    /// <summary>Give one image a score with a written definition.</summary>
    Score = 3,

    /// <summary>Bring the images of one group into an order, best to worst.</summary>
    Rank = 4,
}

public static class LabelingTasks
{
    /// <summary>Are images compared with each other, so that none has a value of its own?</summary>
    public static bool Compares(this LabelingTask task) => task is LabelingTask.PreferPair or LabelingTask.Rank;
}

/// <summary>Which images of a group a pair project compares; see PairQuestions. The names are stored.</summary>
public enum PairChoice
{
    BySize = 0,
    All = 1,
    Sorted = 2,
}

/// <summary>What can be wrong with an image. The numbers are stored.</summary>
[Flags]
public enum FlagKinds
{
    None = 0,
    Deformed = 1,
    Unsafe = 2,
}

/// <summary>One option of a Categorise or Score project.</summary>
/// <param name="Name">As stored with votes, for example <c>Label 1</c> or <c>10</c>.</param>
/// <param name="Key">The key that picks it: a digit or a small letter.</param>
/// <param name="Definition">When to pick it; always in sight while scoring.</param>
/// <param name="Value">How good it is: images with different values make pairs. An option without one leaves its image out of
/// training.</param>
/// <param name="Example">The drawing that shows it, one of <see cref="Scale.Examples"/>; empty for none.</param>
public sealed record Choice(string Name, string Key, string Definition = "", double? Value = null, string Example = "");
