namespace Labeler.Web.Features.Projects;

/// <summary>A way to turn preferences into a better model, as the form offers it.</summary>
public sealed record Algorithm(string Id, string Name, string Explanation)
{
    public static readonly Algorithm[] All =
    [
        new("d3po", "D3PO",
            "Direct preference optimization of every denoising step, from votes alone, without a reward model (arXiv 2311.13231)."),
        new("ddpo", "DDPO",
            "Reinforces every denoising step of an image by its reward, which is the share of its comparisons won less the share lost "
            + "(arXiv 2305.13301). Published learning rate 3e-4."),
        new("dpok", "DPOK", "DDPO with a term that holds the model near the base model (arXiv 2305.16381). Published learning rate 3e-4."),
        new("reward-weighted", "Reward-weighted",
            "Denoises all judged images again, those with the better votes with more weight. Cheap and gentle."),
        new("diffusion-dpo", "Diffusion-DPO",
            "Preferences between finished images at random noise levels (arXiv 2311.12908). Needs no sampling steps, so it is cheap."),
        new("preferred", "Preferred images", "Supervised fine-tuning on the images that won a comparison and lost none."),
    ];
}
