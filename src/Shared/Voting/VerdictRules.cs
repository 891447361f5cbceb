using Labeler.Shared.Projects;

namespace Labeler.Shared.Voting;

/// <summary>Which verdicts fit which item.</summary>
internal static class VerdictRules
{
    private const int LongestReason = 500;

    /// <summary>What is wrong with a verdict, as one line; null when it fits.</summary>
    public static string? Fault(this Verdict verdict, Project project, bool isPair, int imagesInGroup) => (project.Task, verdict) switch
    {
        (_, SkipVerdict { Reason.Length: > LongestReason }) => $"A reason has at most {LongestReason} characters.",
        (_, SkipVerdict { Reason: not null }) => null,
        (LabelingTask.FlagBatch, FlagVerdict flags) => Fault(flags, project.Settings, imagesInGroup),
        (LabelingTask.Rank, RankVerdict ranking) when !isPair => Fault(ranking, imagesInGroup),
        // A project that ranks asks about two pictures of two epochs as one that prefers does.
        (LabelingTask.PreferPair or LabelingTask.Rank, PairVerdict pair) when project.Task == LabelingTask.PreferPair || isPair =>
            !Enum.IsDefined(pair.Pick) ? "Choose left, right, tie or both bad." : pair.Displayed ? null : NotSeen,
        (LabelingTask.Categorise or LabelingTask.Score, ChoiceVerdict choice) =>
            project.Settings.Choices.All(c => c.Name != choice.Name) ? "This project has no such option any more: reload the page."
                : choice.Displayed ? null : NotSeen,
        _ => "This verdict does not fit the project's task: reload the page.",
    };

    private const string NotSeen = "The image was not displayed yet: wait for it before judging.";

    private static string? Fault(RankVerdict ranking, int imagesInGroup)
    {
        if (ranking.Order is null || ranking.Order.Any(tied => tied is null || tied.Count == 0)
            || !ranking.Order.SelectMany(tied => tied).Order().SequenceEqual(Enumerable.Range(0, imagesInGroup)))
        {
            return $"Each of the {imagesInGroup} images needs exactly one place.";
        }
        return ranking.Displayed ? null : NotSeen;
    }

    private static string? Fault(FlagVerdict flags, ProjectSettings settings, int imagesInGroup)
    {
        if (flags.Tiles is null || flags.Tiles.Count != imagesInGroup || flags.Tiles.Select(t => t.Index).Distinct()
            .Count(i => i >= 0 && i < imagesInGroup) != imagesInGroup)
        {
            return $"A verdict is needed for each of the {imagesInGroup} images.";
        }
        if (flags.Tiles.Any(tile => (tile.Flags & ~settings.Flags) != 0))
        {
            return "This project does not use that flag: reload the page.";
        }
        return flags.Tiles.Any(tile => tile.Displayed) ? null : NotSeen;
    }
}
