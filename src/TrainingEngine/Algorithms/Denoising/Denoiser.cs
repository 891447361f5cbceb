using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Models.UNet;
using Labeler.TrainingEngine.Training;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Algorithms.Denoising;

/// <summary>The model as a denoiser: how far its prediction is from the truth, without guidance.</summary>
/// <param name="model">Predicts.</param>
/// <param name="type">Element type that the U-Net computes in.</param>
/// <param name="recompute">Compute activations again in the backward pass instead of keeping them.</param>
public sealed class Denoiser(IDenoiser model, ScalarType type, bool recompute)
{
    private readonly GuidedDenoiser _guided = new(model, 1);

    /// <summary>mean (prediction − target)² of each row, [n], without gradients.</summary>
    public Tensor Errors(NoisyRows rows)
    {
        using var untracked = no_grad();
        return Errors(rows, Predict(rows, null));
    }

    /// <summary>Gradients of a loss of the rows' errors [n] by <paramref name="leaves"/>; null where one took no part.</summary>
    public IList<Tensor> Gradients(NoisyRows rows, Func<Tensor, Tensor> loss, Tensor[] leaves) =>
        Differentiation.Gradients(1, (_, tape) => Predict(rows, tape), outputs => loss(Errors(rows, outputs[0])), leaves, recompute);

    private Tensor Predict(NoisyRows rows, SegmentTape? tape) =>
        _guided.Predict(rows.Latents.to(type), rows.Times, rows.Prompt, rows.Prompt, tape);

    private static Tensor Errors(NoisyRows rows, Tensor prediction)
    {
        var difference = prediction.to(float32) - rows.Target;
        return (difference * difference).mean([1L, 2L, 3L]);
    }
}
