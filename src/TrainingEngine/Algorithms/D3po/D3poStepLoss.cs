using Labeler.TrainingEngine.Training.Data;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Algorithms.D3po;

/// <summary>
/// What one optimizer step minimizes: the mean over its timesteps of (the timestep's weight) × (the mean of its pairs'
/// weighted losses + the mean of its images' weighted divergences). Micro-batches bring their shares of these means.
/// </summary>
/// <param name="step">The whole optimizer step.</param>
/// <param name="options">Of the loss.</param>
/// <param name="images">How many times an image is scored at each timestep.</param>
public sealed class D3poStepLoss(PlannedStep step, D3poOptions options, int images)
{
    private readonly double _pairScale = ScaleOf(step);

    /// <summary>Pairs of the step that teach, counted at each of its timesteps.</summary>
    public double Pairs { get; } = (double)step.Preferences.Count(preference => preference.Weight > 0) * step.SamplingSteps.Count;

    /// <summary>Images that the step scores, counted at each of its timesteps.</summary>
    public double Images { get; } = (double)images * step.SamplingSteps.Count;

    /// <summary>The share of these pairs, a scalar.</summary>
    /// <param name="logProbabilities">[n] of the micro-batch's images under the policy.</param>
    /// <param name="reference">[n] under the reference.</param>
    /// <param name="pairs">Pairs of the micro-batch's rows.</param>
    /// <param name="samplingStep">For its weight.</param>
    /// <param name="statistics">Takes images and pairs in.</param>
    public Tensor OfPairs(
        Tensor logProbabilities, Tensor reference, IReadOnlyList<RowPair> pairs, int samplingStep, TimestepStatistics statistics)
    {
        var device = logProbabilities.device;
        var winners = tensor(pairs.Select(pair => (long)pair.Winner).ToArray(), device: device);
        var losers = tensor(pairs.Select(pair => (long)pair.Loser).ToArray(), device: device);
        var shares =
            tensor(pairs.Select(pair => (float)(pair.Weight * _pairScale * options.StepWeight(samplingStep))).ToArray(), device: device);
        var losses = D3poLoss.PerPair(logProbabilities, reference, winners, losers, options); // [pairs]

        var ratios = (logProbabilities - reference).detach().cpu().data<float>().ToArray();
        var values = losses.detach().cpu().data<float>().ToArray();
        statistics.AddImages(ratios);
        foreach (var (pair, loss) in pairs.Zip(values).Where(one => one.First.Weight > 0))
        {
            statistics.AddPair(ratios[pair.Winner], ratios[pair.Loser], loss, options);
        }
        return (losses * shares).sum();
    }

    /// <summary>The loss with the share of these images' divergence from the policy that sampled and from the base model.</summary>
    public Tensor AddDivergences(Tensor loss, PolicyScore score, PolicyRows rows, TimestepStatistics statistics)
    {
        var scale = 1 / Images * options.StepWeight(rows.SamplingStep);
        if (rows.PreviousMeans is not { } previous)
        {
            // The draws came from the policy that sampled, so their lost log-probability estimates the divergence without bias.
            statistics.AddDivergences((rows.Reference - score.LogProbabilities).detach().cpu().data<float>().ToArray(), rows.LatentSize);
        }
        else
        {
            var divergence = D3poLoss.Divergence(score.Means, previous, score.Sigma); // [n]
            statistics.AddDivergences(divergence.detach().cpu().data<float>().ToArray(), rows.LatentSize);
            loss = options.KlToPrevious > 0 ? loss + divergence.sum() * (options.KlToPrevious * scale) : loss;
        }
        if (rows.BaseMeans is not { } baseMeans)
        {
            return loss;
        }
        if (options.KlToBase > 0)
        {
            loss += D3poLoss.Divergence(score.Means, baseMeans, score.Sigma).sum() * (options.KlToBase * scale);
        }
        if (options.HoldColor > 0)
        {
            loss += D3poLoss.ColorDivergence(score.Means, baseMeans, score.Sigma).sum() * (options.HoldColor * scale);
        }
        return loss;
    }

    // Groups judged alike take part in the mean as images without a pair's loss.
    private static double ScaleOf(PlannedStep step)
    {
        PreferencePair[] teaching = [.. step.Preferences.Where(preference => preference.Weight > 0)];
        return teaching.Length == 0 ? 0 : PreferencePair.ImagesOf(teaching).Length / (double)step.ImageCount
            / (teaching.Sum(preference => preference.Weight) * step.SamplingSteps.Count);
    }
}
