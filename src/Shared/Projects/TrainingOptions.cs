using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Labeler.Shared.Projects;

/// <summary>Options of D3PO and of the other algorithms (arXiv 2311.13231, 2305.13301, 2305.16381, 2311.12908, 2404.04465). Learning rate,
/// beta and clamp are by default D3PO's published ones; batches and steps are ours (see <see cref="PublishedSettings"/>).</summary>
public sealed record TrainingOptions
{
    [Display(Name = "Beta", Description = "Temperature of the preference loss; higher follows the votes more sharply."),
        Range(0.0001, 100.0)]
    public double Beta { get; init; } = 0.1;

    [Display(Name = "Clamp",
        Description = "Ratios of new to old probability beyond 1 ± this teach nothing further; wider bands disintegrated images."),
            Range(0.001, 0.9)]
    public double Clamp { get; init; } = 0.1;

    [Display(Name = "One-sided clamp", Description = "Lets a pair that drifted the wrong way still recover.")]
    public bool OneSidedClamp { get; init; }

    [Display(Name = "Learning rate", Description = "Step size of AdamW."), Range(1e-8, 0.1)]
    public double LearningRate { get; init; } = 3e-5;

    [Display(Name = "Learning rate decay",
        Description = "Share of the learning rate that is lost evenly over an epoch's training: 0.9 leaves a tenth at its end. Chance in "
            + "the single steps counts less then; it goes with a higher rate."), Range(0.0, 1.0)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double LearningRateDecay { get; init; }

    [Display(Name = "Warm-up steps",
        Description = "Steps of the optimizer over which the learning rate rises from 0 in every epoch: a new optimizer's first steps are "
            + "full steps wherever a single gradient points."), Range(0, 10_000)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int WarmUpSteps { get; init; }

    [Display(Name = "Weight decay", Description = "Of AdamW."), Range(0.0, 1.0)]
    public double WeightDecay { get; init; } = 1e-4;

    [Display(Name = "Gradient clip", Description = "Largest norm of one step's gradient."), Range(0.001, 1000.0)]
    public double MaxGradientNorm { get; init; } = 1;

    [Display(Name = "What is trained", Description = "An adapter of a few megabytes, or the whole U-Net (best on small models).")]
    public AdapterKind Adapter { get; init; } = AdapterKind.Lora;

    [Display(Name = "Adapter rank", Description = "Width of the LoRA adapter."), Range(1, 512)]
    public int Rank { get; init; } = 4;

    [Display(Name = "Adapt all layers", Description = "Also feed-forward and convolutions, not attention alone.")]
    public bool AllLayers { get; init; }

    [Display(Name = "Text encoders too",
        Description = "An adapter of the CLIP text encoders is trained beside the U-Net's or transformer's; T5 stays as it is. Texts are "
            + "encoded anew at every step, which takes more memory and time.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool TextEncoders { get; init; }

    [Display(Name = "Loop",
        Description = "Grouped shares one pass per image among all its pairs; official repeats the original's pair at a time.")]
    public UpdateMode Loop { get; init; } = UpdateMode.Grouped;

    [Display(Name = "Passes", Description = "Times that the epoch's preferences are gone through."), Range(1, 100)]
    public int Passes { get; init; } = 1;

    [Display(Name = "Images per step", Description = "Images whose gradients are summed before one step of the optimizer."),
        Range(1, 10000)]
    public int ImagesPerStep { get; init; } = 56;

    [Display(Name = "First sampling step", Description = "The first sampling step trained on, counted from 0."), Range(0, 199)]
    public int FirstStep { get; init; }

    [Display(Name = "Last sampling step",
        Description = "The last sampling step trained on; empty for all. The very last are the touchiest."), Range(0, 199)]
    public int? LastStep { get; init; }

    [Display(Name = "Share of sampling steps",
        Description = "Of those that D3PO trains on, drawn anew for the images of every optimizer step: less than 1 takes less "
            + "time and teaches less."), Range(0.001, 1.0)]
    public double StepFraction { get; init; } = 1;

    [Display(Name = "KL weight", Description = "Pull towards the previous epoch; 0.1 allows three times the learning rate."),
        Range(0.0, 100.0)]
    public double KlWeight { get; init; }

    [Display(Name = "KL weight to the base",
        Description = "Pull towards the base model, against slow drift, for D3PO and DDPO; costs a further pass. Flow-GRPO has 0.04."),
        Range(0.0, 100.0)]
    public double BaseKlWeight { get; init; }

    [Display(Name = "Hold colors",
        Description = "Pull of each picture's mean color towards the base model's, for D3PO where votes are not about colors; costs a "
            + "further pass."), Range(0.0, 100.0)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double HoldColor { get; init; }

    [Display(Name = "Color-blind votes",
        Description = "Clears the votes of an epoch of what the pictures' mean colors explain, for D3PO where votes are not about colors.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool ColorBlind { get; init; }

    [Display(Name = "Steps drawn anew",
        Description = "Learns at the finished pictures with noise added anew in every pass, in the place of the steps that sampling took, "
            + "for D3PO and models with DDIM's noise; costs a further pass.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Redraw { get; init; }

    [Display(Name = "Hold groups judged alike",
        Description = "Applies the pulls to groups whose pictures were all judged alike, too: they teach nothing and would be moved by "
            + "what others teach. For D3PO with the grouped loop; costs as much as learning from them.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool HoldAlike { get; init; }

    [Display(Name = "Diffusion-DPO: beta",
        Description = "Temperature of Diffusion-DPO's loss; 2000 is published for Stable Diffusion 1.5."), Range(0.001, 1e7)]
    public double DiffusionDpoBeta { get; init; } = 2000;

    [Display(Name = "Pairs across groups",
        Description = "Sets the images of a group against those of another of its prompt too, the best group against the worst, so that "
            + "groups judged alike inside teach. Not where people compare pairs.")]
    public bool AcrossGroups { get; init; }

    [Display(Name = "Diffusion-KTO: beta", Description = "Temperature of Diffusion-KTO's utility; 1000 is the authors' program's."),
        Range(0.001, 1e7)]
    public double DiffusionKtoBeta { get; init; } = 1000;

    [Display(Name = "Diffusion-KTO: share of good images",
        Description = "Of the loss, however many good and bad images there are; the authors' example has 0.8."), Range(0.01, 0.99)]
    public double DiffusionKtoGoodShare { get; init; } = 0.5;

    [Display(Name = "Diffusion-KTO: utility",
        Description = "What gains are worth to a person; the paper takes Kahneman's and Tversky's.")]
    public KtoUtility DiffusionKtoUtility { get; init; } = KtoUtility.KahnemanTversky;

    [Display(Name = "Reward-weighted: sharpness",
        Description = "Images weigh N · softmax(this · reward); rewards from votes lie between −1 and 1."), Range(0.0, 1000.0)]
    public double RewardSharpness { get; init; } = 1;

    [Display(Name = "Reward-weighted: sparse", Description = "Learns from the tenth of the images with the highest rewards alone.")]
    public bool SparseRewards { get; init; }

    [Display(Name = "DDPO: estimator",
        Description = "Importance sampling takes several steps with clipped ratios; the score function takes one step on all images.")]
    public RewardEstimator Estimator { get; init; } = RewardEstimator.ImportanceSampling;

    [Display(Name = "DDPO, DPOK: baseline",
        Description = "What a reward is compared with: its prompt's images of this and earlier epochs, all images, its group, or (Greedy, "
            + "with a learned reward alone) the image that its starting noise gives without further noise. Automatic is the prompt for a "
            + "learned reward, and all images for votes, which compare inside a group already.")]
    public RewardBaseline Baseline { get; init; } = RewardBaseline.Automatic;

    [Display(Name = "DDPO, DPOK: clip", Description = "Ratios of new to old probability beyond 1 ± this teach nothing further."),
        Range(1e-9, 10.0)]
    public double RatioClip { get; init; } = 1e-4;

    [Display(Name = "DDPO, DPOK: sampling steps at once",
        Description = "Sampling steps whose gradients make one step of the optimizer; 0 for all, as in DDPO's program. 1 takes as many "
            + "steps as D3PO from as many images."), Range(0, 200)]
    public int TimestepsPerStep { get; init; }

    [Display(Name = "DPOK: KL weight", Description = "Pull towards the base model at every step."), Range(0.0, 1e6)]
    public double DpokKlWeight { get; init; } = 0.01;

    [Display(Name = "Keep the optimizer",
        Description = "AdamW's moments go on from the checkpoint that sampled the epoch, as in DDPO's program, which trains all epochs in "
            + "one run. Off: each epoch begins with a new optimizer.")]
    public bool KeepOptimizer { get; init; }

    [Display(Name = "Epochs to learn from again",
        Description = "Pairs of so many earlier epochs on the way to the policy are learned from again beside the epoch's own, for D3PO. "
            + "Votes that were taken back or set aside since are left out."), Range(0, 100)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Replay { get; init; }

    [Display(Name = "Seed", Description = "Order of the images; the same seed gives the same checkpoint.")]
    public long Seed { get; init; }
}

/// <summary>The numbers are stored.</summary>
public enum AdapterKind { Lora = 0, Full = 1 }

public enum UpdateMode { Grouped = 0, Official = 1 }

/// <summary>The numbers are stored.</summary>
public enum RewardEstimator { ImportanceSampling = 0, ScoreFunction = 1 }

/// <summary>The numbers are stored.</summary>
public enum RewardBaseline { Automatic = 0, Prompt = 1, Batch = 2, Group = 3, Greedy = 4 }

/// <summary>The numbers are stored.</summary>
public enum KtoUtility { KahnemanTversky = 0, LossAverse = 1, RiskSeeking = 2 }
