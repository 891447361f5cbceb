using System.ComponentModel.DataAnnotations;

namespace Labeler.Shared.Projects;

/// <summary>How the images of an epoch are made.</summary>
public sealed record SamplingSettings
{
    [Display(Name = "Steps", Description = "Denoising steps of DDIM for one image."), Range(2, 200)]
    public int Steps { get; init; } = 20;

    [Display(Name = "Guidance scale", Description = "How strongly the prompt is followed; 1 switches guidance off and halves the cost."),
        Range(0.0, 50.0)]
    public double GuidanceScale { get; init; } = 5;

    [Display(Name = "Eta", Description = "Noise of each step; training needs more than 0."), Range(0.0, 1.0)]
    public double Eta { get; init; } = 1;

    [Display(Name = "Negative prompt", Description = "What guidance steers away from."), StringLength(2000)]
    public string NegativePrompt { get; init; } = "";

    [Display(Name = "Size", Description = "Width and height in pixels; 0 takes the model's own."), Range(0, 2048)]
    public int Size { get; init; }
}
