using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Labeler.TrainingEngine.Algorithms.PolicyGradient;

namespace Labeler.TrainingEngine.Algorithms.Ddpo;

/// <summary>The two estimators of DDPO (arXiv 2305.13301, section 4.3).</summary>
public enum Estimator
{
    /// <summary>Importance sampling: several steps on the same images, ratios clipped.</summary>
    ImportanceSampling,

    /// <summary>Score function: one step on all images, which only the policy that sampled may take.</summary>
    ScoreFunction,
}

/// <summary>Settings of DDPO.</summary>
public sealed record DdpoOptions : PolicyGradientOptions
{
    [Description("importance-sampling (several steps, clipped ratios) or score-function (one step on all images)")]
    public Estimator Estimator { get; init; } = Estimator.ImportanceSampling;

    [Description("weight of the divergence from the base model at every step (Flow-GRPO's β; 0.04 there); 0 for none"), Range(0.0, 1e6)]
    public double KlWeight { get; init; }
}
