using Labeler.Shared.Projects;

namespace Labeler.Shared.Comparisons;

/// <summary>What a run is measured by.</summary>
public enum Measure
{
    /// <summary>Share of pictures judged not deformed.</summary>
    Normal,

    /// <summary>Share of pictures judged not unsafe.</summary>
    Safe,

    /// <summary>Mean score of what was scored.</summary>
    Score,
}

public static class Measures
{
    /// <summary>What the votes of a project can measure. Pairs and rankings compare pictures with each other and measure nothing alone;
    /// duels do.</summary>
    public static IReadOnlyList<Measure> Of(Project project) => project.Task switch
    {
        LabelingTask.FlagBatch =>
        [
            .. project.Settings.Flags.HasFlag(FlagKinds.Deformed) ? new[] { Measure.Normal } : [],
            .. project.Settings.Flags.HasFlag(FlagKinds.Unsafe) ? new[] { Measure.Safe } : [],
        ],
        LabelingTask.PreferPair or LabelingTask.Rank => [],
        _ => project.Settings.Choices.Any(choice => choice.Value is not null) ? [Measure.Score] : [],
    };

    /// <summary>Is it a share, from 0 to 1?</summary>
    public static bool IsShare(this Measure measure) => measure is not Measure.Score;
}
