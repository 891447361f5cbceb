namespace Labeler.TrainingEngine.Algorithms.D3po;

/// <summary>A line of the metrics file: one optimizer step.</summary>
/// <param name="Step">Optimizer steps done, this one included.</param>
/// <param name="Loss">Mean loss of the step's pairs; it stays near log 2 whatever happens and shows no progress.</param>
/// <param name="Dead">Share of the terms outside the clamp.</param>
/// <param name="Margin">Mean of Δ_winner − Δ_loser.</param>
/// <param name="Accuracy">Share of the pairs whose winner gained more than its loser.</param>
/// <param name="Kl">Mean divergence from the policy that sampled, in nats.</param>
/// <param name="GradientNorm">Before clipping.</param>
/// <param name="SecondsLeft">Of the whole run, at the speed so far.</param>
public sealed record StepMetrics(
    int Epoch, int Step, int Steps, long[] Timesteps, double Loss, double Dead, double Margin, double Accuracy, double Kl, double GradientNorm,
    double ImagesPerSecond, double SecondsLeft)
{
    public string Kind => "step";
}

/// <summary>A line of the metrics file: one timestep over one inner epoch.</summary>
/// <param name="Dead">Share of the terms outside the clamp.</param>
/// <param name="Margin">Mean of Δ_winner − Δ_loser.</param>
/// <param name="Accuracy">Share of the pairs whose winner gained more than its loser.</param>
/// <param name="Kl">Mean divergence from the policy that sampled, in nats.</param>
/// <param name="LargestRatio">Largest |Δ|.</param>
/// <param name="GradientNorm">Mean norm of the gradients.</param>
public sealed record TimestepMetrics(
    int Epoch, int SamplingStep, long Timestep, long Pairs, double Loss, double Dead, double Margin, double Accuracy, double Kl, double LargestRatio, double GradientNorm)
{
    public string Kind => "timestep";

    /// <summary>The averages of a timestep's sums.</summary>
    public static TimestepMetrics From(int epoch, int samplingStep, long timestep, TimestepStatistics sums) => new(
        epoch, samplingStep, timestep, sums.Pairs,
        sums.MeanLoss, sums.DeadShare, sums.MeanMargin, sums.Accuracy, sums.MeanKl, sums.LargestRatio, sums.GradientNorm / sums.Steps);
}

/// <summary>A line of the metrics file: the self-check before the first update, when every ratio must be 1.</summary>
/// <param name="Deviation">Largest |log ratio| over the checked images.</param>
public sealed record RatioCheck(int SamplingStep, long Timestep, double Deviation)
{
    public string Kind => "ratio-check";
}
