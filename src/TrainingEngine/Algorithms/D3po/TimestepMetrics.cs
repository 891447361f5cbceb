using System.Globalization;

namespace Labeler.TrainingEngine.Algorithms.D3po;

/// <summary>A line of the metrics file: one timestep over one inner epoch.</summary>
/// <param name="Dead">Share of the terms outside the clamp.</param>
/// <param name="Margin">Mean of Δ_winner − Δ_loser.</param>
/// <param name="Accuracy">Share of the pairs whose winner gained more than its loser.</param>
/// <param name="Kl">Mean divergence from the policy that sampled, in nats.</param>
/// <param name="LargestRatio">Largest |Δ|.</param>
/// <param name="GradientNorm">Mean norm of the gradients.</param>
public sealed record TimestepMetrics(
    int Epoch, int SamplingStep, long Timestep, long Pairs, double Loss, double Dead, double Margin, double Accuracy, double Kl,
        double LargestRatio, double GradientNorm)
{
    public string Kind => "timestep";

    /// <summary>The averages of a timestep's sums.</summary>
    public static TimestepMetrics From(int epoch, int samplingStep, long timestep, TimestepStatistics sums) => new(
        epoch, samplingStep, timestep, sums.Pairs,
        sums.MeanLoss, sums.DeadShare, sums.MeanMargin, sums.Accuracy, sums.MeanKl, sums.LargestRatio, sums.GradientNorm / sums.Steps);

    /// <summary>One line for people.</summary>
    public string ToText() => string.Create(
        CultureInfo.InvariantCulture,
        $"epoch {Epoch}  timestep {Timestep,4}  accuracy {Accuracy:0.000}  margin {Margin:0.0e+00}  dead {Dead:0.00}  KL {Kl:0.0000}");
}
