using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Models;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Training.Data;

/// <summary>One sampling step of n images, as they were sampled: what the policy is asked to score again.</summary>
/// <param name="SamplingStep">The step's number, from 0.</param>
/// <param name="Timestep">The diffusion timestep that the step starts from.</param>
/// <param name="Latents">[n, c, h, w] before the step.</param>
/// <param name="NextLatents">[n, c, h, w] that sampling drew.</param>
/// <param name="Reference">[n] log-probability of that draw under the policy that sampled.</param>
/// <param name="Prompt">What the U-Net is told, n rows.</param>
/// <param name="Negative">What guidance leads away from, n rows.</param>
public sealed record PolicyRows(
    int SamplingStep, long Timestep, Tensor Latents, Tensor NextLatents, Tensor Reference, TextConditioning Prompt,
        TextConditioning Negative)
{
    /// <summary>[n, c, h, w] means of the policy that sampled, where they are known.</summary>
    public Tensor? PreviousMeans { get; init; }

    /// <summary>[n, c, h, w] means of the base model, where they are known.</summary>
    public Tensor? BaseMeans { get; init; }

    /// <summary>
    /// Where images stand in for one another because they start from one noise: [m] the rows to compute, and [n] which of
    /// these each image takes. Null where every row is computed.
    /// </summary>
    public (Tensor Computed, Tensor Taken)? Shared { get; init; }

    /// <summary>Images.</summary>
    public long Count => Latents.shape[0];

    /// <summary>Numbers in a latent.</summary>
    public long LatentSize => Latents.numel() / Count;

    /// <summary>The same steps with a policy to compare with.</summary>
    /// <param name="means">[n, c, h, w] that policy's.</param>
    /// <param name="steps">Of sampling.</param>
    public PolicyRows Under(Tensor means, IPolicyStep steps) =>
        this with { PreviousMeans = means, Reference = steps.LogProbability(means, NextLatents, Timestep) };

    /// <summary>The rows of several groups at one sampling step, one after the other.</summary>
    public static PolicyRows Join(IReadOnlyList<PolicyRows> rows)
    {
        Tensor All(Func<PolicyRows, Tensor> part) => cat([.. rows.Select(part)]);
        Tensor? Where(Func<PolicyRows, Tensor?> part) => rows.Any(row => part(row) is null) ? null : All(row => part(row)!);
        return rows[0] with
        {
            Latents = All(row => row.Latents),
            NextLatents = All(row => row.NextLatents),
            Reference = All(row => row.Reference),
            Prompt = rows.Select(row => row.Prompt).Aggregate((all, next) => all.Then(next)),
            Negative = rows.Select(row => row.Negative).Aggregate((all, next) => all.Then(next)),
            PreviousMeans = Where(row => row.PreviousMeans),
            BaseMeans = Where(row => row.BaseMeans),
            Shared = null,
        };
    }

    /// <summary>The same images in parts of at most <paramref name="count"/>.</summary>
    public IReadOnlyList<PolicyRows> Parts(int count)
    {
        var parts = new List<PolicyRows>();
        for (var first = 0L; first < Count; first += count)
        {
            var length = Math.Min(count, Count - first);
            var indices = arange(first, first + length, ScalarType.Int64, Latents.device);
            parts.Add(this with
            {
                Latents = Latents.narrow(0, first, length),
                NextLatents = NextLatents.narrow(0, first, length),
                Reference = Reference.narrow(0, first, length),
                Prompt = Prompt.At(indices),
                Negative = Negative.At(indices),
                PreviousMeans = PreviousMeans?.narrow(0, first, length),
                BaseMeans = BaseMeans?.narrow(0, first, length),
                Shared = null,
            });
        }
        return parts;
    }
}

/// <summary>The policy's answer for n images at one step.</summary>
/// <param name="LogProbabilities">[n] float32, of the stored draw; a mean over the latent.</param>
/// <param name="Means">[n, c, h, w] float32, of the Gaussian.</param>
/// <param name="Sigma">Its standard deviation, the same for all.</param>
/// <param name="Prediction">[n, c, h, w] the denoiser's answer after guidance.</param>
public sealed record PolicyScore(Tensor LogProbabilities, Tensor Means, double Sigma, Tensor Prediction)
{
    /// <summary>What the divergence from another policy is measured in.</summary>
    public required double Deviation { get; init; }

    /// <summary>The mean that another prediction would have given.</summary>
    public required Func<Tensor, Tensor> MeanOf { get; init; }
}
