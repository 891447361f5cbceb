using System.Globalization;
using Labeler.Shared.Statistics;

namespace Labeler.Shared.Rewards;

/// <summary>A reward model's figures in words, alike in the command line and on the page.</summary>
public static class LearningReport
{
    private const double OnePoint = 0.01;

    /// <summary>Accuracy after growing numbers of pairs, on new prompts, and what more pairs may bring; one line each.</summary>
    public static IEnumerable<string> Of(LearningFigures figures)
    {
        foreach (var point in figures.Curve)
        {
            yield return string.Create(CultureInfo.InvariantCulture,
                $"after {point.Pairs} pairs of {point.Groups} groups: right about {Tell(point.Right.Share)} held-out pairs");
        }
        if (figures.NewPrompts is { } prompts)
        {
            yield return $"about prompts that were held out: right about {Tell(prompts.Share)} pairs";
        }
        if (MorePairs(figures) is { } more)
        {
            yield return more;
        }
    }

    /// <summary>What twice as many pairs may bring; null where that was not measured.</summary>
    public static string? MorePairs(LearningFigures figures)
    {
        if (figures.Doubling is not { } gain)
        {
            return null;
        }
        var brought = string.Create(CultureInfo.InvariantCulture,
            $"twice as many pairs brought {100 * gain.Mean:+0.0;−0.0} points "
                + $"(95 %: {100 * gain.Low:+0.0;−0.0} to {100 * gain.High:+0.0;−0.0})");
        return brought + (gain switch
        {
            { Low: > 0 } => ": more votes would help",
            { High: < OnePoint } => ": more votes alone would hardly help",
            _ => ": whether more votes would help cannot be told from so few",
        });
    }

    /// <summary>Such as: 81.0 % of 100 (95 %: 72.2 to 87.5).</summary>
    public static string Tell(Proportion right) => string.Create(CultureInfo.InvariantCulture,
        $"{100 * right.Share:0.0} % of {right.Of:0} (95 %: {100 * right.Low:0.0} to {100 * right.High:0.0})");
}
