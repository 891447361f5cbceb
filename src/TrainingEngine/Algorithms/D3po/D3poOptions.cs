using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Labeler.TrainingEngine.Training;

namespace Labeler.TrainingEngine.Algorithms.D3po;

/// <summary>How the published updates are computed.</summary>
public enum D3poMode
{
    /// <summary>One forward and backward per image and timestep, shared by all pairs of the group.</summary>
    Grouped,

    /// <summary>A pair at a time with four U-Net calls, as in the authors' program.</summary>
    Official,
}

/// <summary>Settings of D3PO (arXiv 2311.13231). The defaults are the published ones where there are any.</summary>
public sealed record D3poOptions
{
    /// <summary>Shared or pair-by-pair computation; the loss is the same.</summary>
    public D3poMode Mode { get; init; } = D3poMode.Grouped;

    /// <summary>Temperature β of the preference term.</summary>
    [Range(1e-6, 1e4)]
    public double Beta { get; init; } = 0.1;

    /// <summary>Half-width ε of the band 1 ± ε to which the policy ratio is clamped.</summary>
    [Range(1e-6, 0.999)]
    public double Epsilon { get; init; } = 0.1;

    /// <summary>Clamp winners only above and losers only below, so that an image that went the wrong way can come back.</summary>
    public bool OneSidedClamp { get; init; }

    /// <summary>Learning rate of AdamW.</summary>
    [Range(1e-12, 1.0)]
    public double LearningRate { get; init; } = 3e-5;

    /// <summary>Decay of AdamW's mean of gradients.</summary>
    [Range(0.0, 0.999999)]
    public double AdamBeta1 { get; init; } = 0.9;

    /// <summary>Decay of AdamW's mean of squared gradients.</summary>
    [Range(0.0, 0.9999999)]
    public double AdamBeta2 { get; init; } = 0.999;

    /// <summary>AdamW's ε.</summary>
    [Range(1e-16, 1.0)]
    public double AdamEpsilon { get; init; } = 1e-8;

    /// <summary>Decoupled weight decay.</summary>
    [Range(0.0, 1.0)]
    public double WeightDecay { get; init; } = 1e-4;

    /// <summary>Largest norm of all gradients together; a larger one is scaled down to it.</summary>
    [Range(1e-9, 1e9)]
    public double MaxGradientNorm { get; init; } = 1.0;

    /// <summary>Passes over the epoch's groups.</summary>
    [Range(1, 10_000)]
    public int InnerEpochs { get; init; } = 1;

    /// <summary>First sampling step trained on, counted from 0 (the noisiest).</summary>
    [Range(0, 999)]
    public int FirstStep { get; init; }

    /// <summary>Last sampling step trained on, inclusive; −1 is the trajectory's last.</summary>
    [Range(-1, 999)]
    public int LastStep { get; init; } = -1;

    /// <summary>Share of those steps drawn anew for every group; the authors' program has 0.15.</summary>
    [Range(0.001, 1.0)]
    public double StepFraction { get; init; } = 1;

    /// <summary>Weight of each sampling step's loss, from step 0 on; steps beyond the list weigh 1, a weight of 0 leaves the step out.</summary>
    public IReadOnlyList<double> StepWeights { get; init; } = [];

    /// <summary>Weight of ½·mean(((μ − μ_old)/σ)²), the divergence from the policy that sampled; 0 as published.</summary>
    [Range(0.0, 1e6)]
    public double KlToPrevious { get; init; }

    /// <summary>Weight of the same divergence from the base model; costs one forward more.</summary>
    [Range(0.0, 1e6)]
    public double KlToBase { get; init; }

    /// <summary>Take no gradient through the unconditional branch of the guidance: a quarter less work, another gradient.</summary>
    public bool DetachUnconditional { get; init; }

    /// <summary>Images (at one timestep each) whose gradients make one optimizer step; grouped mode.</summary>
    [Range(1, 1_000_000)]
    public int ImagesPerStep { get; init; } = 56;

    /// <summary>Timesteps whose gradients are added up before one optimizer step; grouped mode. 0 is all of them.</summary>
    [Range(0, 1000)]
    public int TimestepsPerStep { get; init; } = 1;

    /// <summary>Pairs whose gradients are added up before one optimizer step; official mode, over all timesteps of each.</summary>
    [Range(1, 1_000_000)]
    public int PairsPerStep { get; init; } = 1;

    /// <summary>Seed of the order of groups and timesteps, and of a new adapter's start values.</summary>
    public int Seed { get; init; }

    /// <summary>Largest deviation of a log-probability ratio from 0 before the first update; more means that the trajectories are another model's.</summary>
    [Range(0.0, 10.0)]
    public double RatioTolerance { get; init; } = 1e-3;

    /// <summary>The log-ratios between which a gradient flows.</summary>
    [JsonIgnore]
    public (double Low, double High) Band => (Math.Log(1 - Epsilon), Math.Log(1 + Epsilon));

    /// <summary>Settings of the optimizer.</summary>
    [JsonIgnore]
    public AdamWSettings AdamW => new(LearningRate, AdamBeta1, AdamBeta2, AdamEpsilon, WeightDecay);

    /// <exception cref="EngineException">A value is outside its range.</exception>
    public void Validate()
    {
        var wrong = new List<ValidationResult>();
        if (!Validator.TryValidateObject(this, new ValidationContext(this), wrong, validateAllProperties: true))
        {
            throw new EngineException("training options: " + string.Join(" ", wrong.Select(result => result.ErrorMessage)));
        }
        if (StepWeights.Any(weight => !double.IsFinite(weight) || weight < 0))
        {
            throw new EngineException("training options: a weight in StepWeights must be a finite number of at least 0");
        }
    }

    /// <summary>The weight of a sampling step's loss.</summary>
    public double StepWeight(int step) => step < StepWeights.Count ? StepWeights[step] : 1;

    /// <summary>The sampling steps that are trained on, of a trajectory of <paramref name="steps"/> steps.</summary>
    /// <exception cref="EngineException">None is left.</exception>
    public int[] TrainedSteps(int steps)
    {
        var last = LastStep < 0 ? steps - 1 : Math.Min(LastStep, steps - 1);
        var trained = Enumerable.Range(0, steps).Where(step => step >= FirstStep && step <= last && StepWeight(step) > 0).ToArray();
        return trained.Length > 0 ? trained : throw new EngineException(
            $"no sampling step to train on: the trajectories have steps 0 to {steps - 1}, the options ask for {FirstStep} to {last}");
    }
}
