using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Labeler.Shared.Projects;

/// <summary>How the images of an epoch are made.</summary>
public sealed record SamplingSettings
{
    [Display(Name = "Steps", Description = "Denoising steps of DDIM for one image."), Range(2, 200)]
    public int Steps { get; init; } = 20;

    [Display(Name = "Guidance scale", Description = "How strongly the prompt is followed; 1 switches guidance off and halves the cost."),
        Range(0.0, 50.0)]
    public double GuidanceScale { get; init; } = 5;

    [Display(Name = "Eta", Description = "Noise of each step; training needs more than 0. Flow-GRPO takes 0.7 for flow models."),
        Range(0.0, 1.0)]
    public double Eta { get; init; } = 1;

    [Display(Name = "Negative prompt", Description = "What guidance steers away from."), StringLength(2000)]
    public string NegativePrompt { get; init; } = "";

    [Display(Name = "Size", Description = "Width and height in pixels; 0 takes the model's own."), Range(0, 2048)]
    public int Size { get; init; }

    [Display(Name = "Flow models: noise",
        Description = "What the steps of Stable Diffusion 3 and FLUX add. SDE is Flow-GRPO's; CPS keeps the whole noise at what the "
            + "schedule says, so pictures are cleaner.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public FlowNoiseKind FlowNoise { get; init; }

    [Display(Name = "Flow models: noisy steps",
        Description = "So many steps add noise and are learned from, the others are exact and cheap (Flow-GRPO-Fast); 0 for all."),
        Range(0, 200)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int NoisySteps { get; init; }

    [Display(Name = "Flow models: first noisy step", Description = "Counted from 0, the noisiest."), Range(0, 199)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int FirstNoisyStep { get; init; }
}

/// <summary>The numbers are stored.</summary>
public enum FlowNoiseKind { Sde = 0, Cps = 1 }
