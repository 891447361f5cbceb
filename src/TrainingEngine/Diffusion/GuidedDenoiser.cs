using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Models.UNet;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Diffusion;

/// <summary>
/// A denoiser under guidance. Classifier-free (Ho and Salimans 2022, equation 6 in diffusers' form):
/// unconditional + scale · (conditional − unconditional); at scale 1 there is no unconditional branch. A model that was
/// distilled with guidance is told the scale instead, and one that was distilled without takes none.
/// </summary>
public sealed class GuidedDenoiser
{
    private readonly IDenoiser _model;
    private readonly bool _detachUnconditional;
    private readonly double _branches;

    /// <param name="model">The denoiser.</param>
    /// <param name="scale">Guidance scale, at least 1.</param>
    /// <param name="detachUnconditional">
    /// True to take no gradient through the unconditional branch: a quarter less work, and another gradient.
    /// </param>
    /// <param name="branches">Scale between two branches of a distilled model, beside its own; 1 for one branch.</param>
    public GuidedDenoiser(IDenoiser model, double scale, bool detachUnconditional = false, double branches = 1)
    {
        foreach (var given in new[] { scale, branches }.Where(given => given < 1))
        {
            throw new EngineException($"the guidance scale is {given}; at least 1 is possible");
        }

        (_model, _detachUnconditional, Scale) = (model, detachUnconditional, scale);
        _branches = model.Guidance == GuidanceKind.TwoBranches ? scale : branches;
    }

    /// <summary>Guidance scale.</summary>
    public double Scale { get; }

    /// <summary>Whether a second branch is computed.</summary>
    public bool IsGuided => _branches > 1;

    /// <summary>The guided prediction, [n, channels, h, w]: in float32 under guidance, else in the model's type.</summary>
    /// <param name="latents">[n, channels, h, w]; rounded to the model's type, which is the prompt's.</param>
    /// <param name="times">n entries, or one for all.</param>
    /// <param name="prompt">Of n rows.</param>
    /// <param name="negative">Of n rows; not looked at without guidance.</param>
    /// <param name="tape">Given where activations are to be computed again in the backward pass.</param>
    public Tensor Predict(Tensor latents, float[] times, TextConditioning prompt, TextConditioning negative, SegmentTape? tape = null)
    {
        using var scope = NewDisposeScope();
        latents = latents.to(prompt.Context.dtype);
        Tensor stamps = tensor(times, device: latents.device);
        prompt = Told(prompt);
        if (!IsGuided)
        {
            return _model.Forward(latents, stamps, prompt, tape).MoveToOuterDisposeScope();
        }

        negative = Told(negative);
        var (unconditional, conditional) = _detachUnconditional
            ? Apart(latents, stamps, prompt, negative, tape)
            : Together(latents, times.Length == 1 ? stamps : cat([stamps, stamps]), negative.Then(prompt), tape);
        unconditional = MixedPrecision.Wide(unconditional);
        return (unconditional + ((MixedPrecision.Wide(conditional) - unconditional) * _branches)).MoveToOuterDisposeScope();
    }

    private TextConditioning Told(TextConditioning text) => _model.Guidance == GuidanceKind.Embedded
        ? text with { Guidance = full([text.Context.shape[0]], Scale, float32, text.Context.device) }
        : text;

    private (Tensor Unconditional, Tensor Conditional) Together(Tensor latents, Tensor times, TextConditioning both, SegmentTape? tape)
    {
        Tensor[] halves = _model.Forward(cat([latents, latents]), times, both, tape).chunk(2);
        return (halves[0], halves[1]);
    }

    private (Tensor Unconditional, Tensor Conditional) Apart(
        Tensor latents, Tensor times, TextConditioning prompt, TextConditioning negative, SegmentTape? tape)
    {
        Tensor unconditional;
        using (no_grad())
        {
            unconditional = _model.Forward(latents, times, negative);
        }

        return (unconditional, _model.Forward(latents, times, prompt, tape));
    }
}
