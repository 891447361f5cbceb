using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Models.UNet;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Training.Data;

/// <summary>
/// The model as a policy: at each sampling step a Gaussian over the next latent (DDPO, arXiv 2305.13301, section 4.1),
/// with the guidance of sampling.
/// </summary>
/// <param name="unet">Predicts, under guidance.</param>
/// <param name="steps">The steps of sampling.</param>
/// <param name="type">Element type that the U-Net computes in.</param>
/// <param name="recompute">Compute activations again in the backward pass instead of keeping them.</param>
public sealed class Policy(GuidedDenoiser unet, IPolicyStep steps, ScalarType type = ScalarType.Float32, bool recompute = false)
{
    /// <summary>A model under the guidance and the steps that sampled an epoch.</summary>
    public static Policy Of(StableDiffusion model, EpochData data, bool detachUnconditional = false, bool recompute = false) => new(
        new GuidedDenoiser(model.Denoiser, data.Origin.Guidance, detachUnconditional), data.Steps,
        model.Precision, recompute);

    /// <summary>Element type that the U-Net computes in.</summary>
    public ScalarType Type => type;

    /// <summary>Scores stored draws, without gradients.</summary>
    public PolicyScore Score(PolicyRows rows)
    {
        using var untracked = no_grad();
        return Score(rows, Predict(rows, tape: null));
    }

    /// <summary>
    /// Scores stored draws and differentiates a loss of them by <paramref name="leaves"/>; null where one took no part.
    /// </summary>
    /// <param name="rows">One part or more, each its own call of the U-Net.</param>
    /// <param name="loss">A scalar of the parts' scores.</param>
    /// <param name="leaves">Weights that require gradients.</param>
    public IList<Tensor> Gradients(IReadOnlyList<PolicyRows> rows, Func<PolicyScore[], Tensor> loss, Tensor[] leaves) =>
        Differentiation.Gradients(
        rows.Count, (part, tape) => Predict(rows[part], tape), outputs =>
            loss([.. outputs.Select((output, part) => Score(rows[part], output))]), leaves, recompute);

    private Tensor Predict(PolicyRows rows, SegmentTape? tape)
    {
        if (rows.Shared is not { } shared)
        {
            return unet.Predict(rows.Latents.to(type), [steps.TimeOf(rows.Timestep)], rows.Prompt, rows.Negative, tape);
        }
        var computed = unet.Predict(
            rows.Latents.index_select(0, shared.Computed)
                .to(type), [steps.TimeOf(rows.Timestep)], rows.Prompt.At(shared.Computed), rows.Negative.At(shared.Computed), tape);
        return computed.index_select(0, shared.Taken);
    }

    private PolicyScore Score(PolicyRows rows, Tensor prediction)
    {
        var means = steps.Mean(rows.Latents, prediction, rows.Timestep);
        return new PolicyScore(steps.LogProbability(means, rows.NextLatents, rows.Timestep), means, steps.Sigma(rows.Timestep), prediction)
        {
            Deviation = steps.Deviation(rows.Timestep),
            MeanOf = other => steps.Mean(rows.Latents, other, rows.Timestep),
        };
    }
}
