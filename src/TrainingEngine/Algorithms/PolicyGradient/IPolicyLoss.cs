using Labeler.TrainingEngine.Training.Data;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Algorithms.PolicyGradient;

/// <summary>The loss of one policy gradient.</summary>
public interface IPolicyLoss
{
    /// <summary>Whether it compares with the base model's prediction.</summary>
    bool NeedsBase { get; }

    /// <summary>The loss of each image at one timestep, [n], with its gradient to the score.</summary>
    /// <param name="score">Under the policy.</param>
    /// <param name="rows">As they were sampled.</param>
    /// <param name="advantages">[n].</param>
    /// <param name="basePrediction">[n, c, h, w] what the base model predicts, where it is needed.</param>
    /// <param name="figures">Takes the means over the images that are worth following.</param>
    Tensor PerImage(PolicyScore score, PolicyRows rows, Tensor advantages, Tensor? basePrediction, Action<string, Tensor> figures);
}
