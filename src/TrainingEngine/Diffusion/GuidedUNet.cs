using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Models.UNet;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Diffusion;

/// <summary>
/// A U-Net under classifier-free guidance (Ho and Salimans 2022, equation 6 in diffusers' form):
/// unconditional + scale · (conditional − unconditional). At scale 1 there is no unconditional branch.
/// </summary>
/// <param name="unet">The U-Net.</param>
/// <param name="scale">Guidance scale, at least 1.</param>
/// <param name="detachUnconditional">
/// True to take no gradient through the unconditional branch: a quarter less work, and another gradient.
/// </param>
public sealed class GuidedUNet(UNet2DConditionModel unet, double scale, bool detachUnconditional = false)
{
    /// <summary>Guidance scale.</summary>
    public double Scale { get; } = scale >= 1 ? scale : throw new EngineException($"the guidance scale is {scale}; at least 1 is possible");

    /// <summary>Whether a second branch is computed.</summary>
    public bool IsGuided => Scale > 1;

    /// <summary>The guided prediction, [n, channels, h, w] in the latents' type.</summary>
    /// <param name="latents">[n, channels, h, w].</param>
    /// <param name="timesteps">n entries, or one for all.</param>
    /// <param name="prompt">Of n rows.</param>
    /// <param name="negative">Of n rows; not looked at without guidance.</param>
    /// <param name="tape">Given where activations are to be computed again in the backward pass.</param>
    public Tensor Predict(Tensor latents, long[] timesteps, TextConditioning prompt, TextConditioning negative, SegmentTape? tape = null)
    {
        using var scope = NewDisposeScope();
        Tensor times = tensor(timesteps, device: latents.device);
        if (!IsGuided)
        {
            return unet.Forward(latents, times, prompt, tape).MoveToOuterDisposeScope();
        }

        var (unconditional, conditional) = detachUnconditional
            ? Apart(latents, times, prompt, negative, tape)
            : Together(latents, timesteps.Length == 1 ? times : cat([times, times]), negative.Then(prompt), tape);
        return (unconditional + ((conditional - unconditional) * Scale)).MoveToOuterDisposeScope();
    }

    private (Tensor Unconditional, Tensor Conditional) Together(Tensor latents, Tensor times, TextConditioning both, SegmentTape? tape)
    {
        Tensor[] halves = unet.Forward(cat([latents, latents]), times, both, tape).chunk(2);
        return (halves[0], halves[1]);
    }

    private (Tensor Unconditional, Tensor Conditional) Apart(
        Tensor latents, Tensor times, TextConditioning prompt, TextConditioning negative, SegmentTape? tape)
    {
        Tensor unconditional;
        using (no_grad())
        {
            unconditional = unet.Forward(latents, times, negative);
        }

        return (unconditional, unet.Forward(latents, times, prompt, tape));
    }
}
