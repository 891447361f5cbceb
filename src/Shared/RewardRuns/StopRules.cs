using System.Globalization;
using Labeler.Shared.Comparisons;

namespace Labeler.Shared.RewardRuns;

/// <summary>What a run has come to so far.</summary>
/// <param name="Epochs">That it has trained.</param>
/// <param name="Images">Pictures that it has learned from.</param>
/// <param name="Next">Pictures that the next training would learn from.</param>
/// <param name="Curve">Means of the evaluation pictures since the run began.</param>
/// <param name="FirstDiversity">Of the evaluation pictures of its first epoch; null where there are none.</param>
internal sealed record RunStanding(int Epochs, int Images, int Next, RewardCurve Curve, double? FirstDiversity, double? Diversity);

internal static class StopRules
{
    /// <summary>Why a run ends before it trains again; null where it goes on.</summary>
    public static string? Why(RewardRunOptions options, RunStanding now)
    {
        string Text(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);
        if (now.Epochs >= options.Epochs)
        {
            return $"All {options.Epochs} epochs are trained.";
        }
        if (options.Target is { } target && now.Curve.Trained.Points.LastOrDefault() is { } last && last.Value >= target)
        {
            return $"The mean reached {Text(last.Value)}, which is at least {Text(target)}.";
        }
        if (options.StopWhenOverOptimized && now.Curve is { OverOptimizedFrom: { } best, HeldOut: { } heldOut })
        {
            return $"Over-optimized: on held-out prompts the mean fell from {Text(best.Value)} to "
                + $"{Text(heldOut.Points[^1].Value)}, while it grew on the trained ones.";
        }
        if (options.LeastDiversity is { } least && now is { FirstDiversity: { } first and > 0, Diversity: { } diversity }
            && 100 * diversity / first < least)
        {
            return $"The pictures have become alike: their diversity is {Text(100 * diversity / first)} % of that of the run's first "
                + $"epoch, below {Text(least)} %.";
        }
        return options.MostImages is { } most && now.Images + now.Next > most
            ? FormattableString.Invariant($"The next epoch would go beyond {most:N0} pictures.") : null;
    }
}
