using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Algorithms.DiffusionKto;

/// <summary>
/// The loss of Diffusion-KTO (arXiv 2404.04465, equation 8): −U(w·(β·log(π/π_ref) − Q)), w = 1 for a good image and −1 for a bad
/// one, at one timestep. As in the authors' program log(π/π_ref) is e_ref − e, the gain in squared error, with the timestep's
/// factors taken into β, and the utility of Kahneman and Tversky is 1 − σ(…).
/// </summary>
public static class DiffusionKtoLoss
{
    /// <summary>How much better each image is denoised than by the reference, [n]: e_ref − e.</summary>
    /// <param name="errors">[n] mean squared error under the model.</param>
    /// <param name="reference">[n] under the reference; no gradient.</param>
    public static Tensor Gains(Tensor errors, Tensor reference) => reference.detach() - errors;

    /// <summary>The loss of each image, [n], with its gradient to <paramref name="gains"/>.</summary>
    /// <param name="gains">[n].</param>
    /// <param name="signs">[n] 1 for good images, −1 for bad ones.</param>
    /// <param name="referencePoint">Q/β, the gain that is expected of any image: the mean over the step's, at least 0.</param>
    public static Tensor PerImage(Tensor gains, Tensor signs, double referencePoint, DiffusionKtoOptions options)
    {
        var felt = signs * (gains - referencePoint) * options.Beta;
        return options.Utility switch
        {
            Utility.KahnemanTversky => (-felt).sigmoid(),
            Utility.LossAverse => -nn.functional.logsigmoid(felt),
            _ => nn.functional.logsigmoid(-felt),
        };
    }
}
