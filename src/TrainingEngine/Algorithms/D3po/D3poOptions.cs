using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Labeler.TrainingEngine.Training.Loop;

namespace Labeler.TrainingEngine.Algorithms.D3po;

/// <summary>How the published updates are computed.</summary>
public enum D3poMode
{
    /// <summary>One forward and backward per image and timestep, shared by all pairs of the group.</summary>
    Grouped,

    /// <summary>A pair at a time with four U-Net calls, as in the authors' program.</summary>
    Official,
}

/// <summary>Settings of D3PO (arXiv 2311.13231). Rate, β, ε and the optimizer's
/// settings are by default the published ones; grouped steps and their size are ours.</summary>
public sealed record D3poOptions : StepwiseOptions
{
    public D3poOptions() => LearningRate = 3e-5;

    [Description("grouped (shared by all pairs of a group) or official (a pair at a time); the loss is the same")]
    public D3poMode Mode { get; init; } = D3poMode.Grouped;

    [Description("temperature β of the preference term"), Range(1e-6, 1e4)]
    public double Beta { get; init; } = 0.1;

    [Description("half-width ε of the band 1 ± ε to which the policy ratio is clamped"), Range(1e-6, 0.999)]
    public double Epsilon { get; init; } = 0.1;

    [Description("clamp winners only above and losers only below, so that an image that went the wrong way can come back")]
    public bool OneSidedClamp { get; init; }

    [Description("share of the sampling steps trained on, drawn anew for the images of every optimizer step"), Range(0.001, 1.0)]
    public double StepFraction { get; init; } = 1;

    [Description("weights of the sampling steps' losses, from step 0 on, with commas: 1,1,0.5; those beyond the list weigh 1, 0 leaves a "
        + "step out")]
    public IReadOnlyList<double> StepWeights { get; init; } = [];

    [Description("weight of ½·mean(((μ − μ_old)/σ)²), the divergence from the policy that sampled"), Range(0.0, 1e6), OptionName("kl")]
    public double KlToPrevious { get; init; }

    [Description("learn at finished pictures with noise added anew in every pass, the same for all images of a group, in the place of the "
        + "steps that sampling took; costs one forward more")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Redraw { get; init; }

    [Description("apply the pulls to groups whose images were judged alike, too, which teach nothing and would be moved by what others "
        + "teach; grouped; costs their forwards and backwards")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool HoldAlike { get; init; }

    [Description("divergence from the policy that sampled at which an epoch is to end, in nats, the mean of images and timesteps: "
        + "--kl is doubled and halved on the way there; 0 leaves it as it is"), Range(0.0, 1e6)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double KlBudget { get; init; }

    [Description("weight of the same divergence from the base model; costs one forward more"), Range(0.0, 1e6), OptionName("kl-base")]
    public double KlToBase { get; init; }

    // Left out where it is 0, so that runs from before it was there are gone on with.
    [Description("weight of ½·mean((mean over h, w of (μ − μ_base)/σ)²), the divergence from the base model that moves whole "
        + "channels of the latent, hence colors; costs one forward more"), Range(0.0, 1e6)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double HoldColor { get; init; }

    [Description("clear the votes of what the images' mean colors explain, so that they move none")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool ColorBlind { get; init; }

    /// <summary>Whether the base model's means are compared with.</summary>
    [JsonIgnore]
    public bool NeedsBase => KlToBase > 0 || HoldColor > 0;

    [Description("images (at one timestep each) whose gradients make one optimizer step; grouped"), Range(1, 1_000_000)]
    public int ImagesPerStep { get; init; } = 56;

    [Description("timesteps whose gradients make one optimizer step; 0 all; grouped"), Range(0, 1000)]
    public int TimestepsPerStep { get; init; } = 1;

    [Description("pairs whose gradients make one optimizer step, over all timesteps of each; official"), Range(1, 1_000_000)]
    public int PairsPerStep { get; init; } = 1;

    /// <summary>The log-ratios between which a gradient flows.</summary>
    [JsonIgnore]
    public (double Low, double High) Band => (Math.Log(1 - Epsilon), Math.Log(1 + Epsilon));

    /// <inheritdoc />
    public override void Validate()
    {
        base.Validate();
        if (StepWeights.Any(weight => !double.IsFinite(weight) || weight < 0))
        {
            throw new EngineException("training options: a weight in StepWeights must be a finite number of at least 0");
        }
        if (KlBudget > 0 && KlToPrevious == 0)
        {
            throw new EngineException("training options: a budget of divergence steers --kl, which is 0; give it a weight to begin with");
        }
    }

    /// <summary>The weight of a sampling step's loss.</summary>
    public double StepWeight(int step) => step < StepWeights.Count ? StepWeights[step] : 1;

    /// <inheritdoc />
    protected override bool Counts(int step) => StepWeight(step) > 0;
}
