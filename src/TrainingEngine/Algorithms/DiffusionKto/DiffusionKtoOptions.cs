using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Labeler.TrainingEngine.Algorithms.Denoising;

namespace Labeler.TrainingEngine.Algorithms.DiffusionKto;

/// <summary>What a gain over the reference point is worth to a person.</summary>
public enum Utility
{
    /// <summary>σ(x): concave for gains and convex for losses, as Kahneman and Tversky found people; the paper's choice.</summary>
    KahnemanTversky,

    /// <summary>log σ(x): concave, losses weigh more.</summary>
    LossAverse,

    /// <summary>−log σ(−x): convex, gains weigh more.</summary>
    RiskSeeking,
}

/// <summary>Settings of Diffusion-KTO. β, the weights of both kinds and the share of good images are the authors' program's.</summary>
public sealed record DiffusionKtoOptions : PassOptions
{
    [Description("temperature β of the utility"), Range(1e-3, 1e7)]
    public double Beta { get; init; } = 1000;

    [Description("what gains are worth: kahneman-tversky, loss-averse or risk-seeking")]
    public Utility Utility { get; init; } = Utility.KahnemanTversky;

    [Description("share of the loss that good images have, however many there are; the authors' example has 0.8"), Range(0.01, 0.99)]
    public double GoodShare { get; init; } = 0.5;
}
