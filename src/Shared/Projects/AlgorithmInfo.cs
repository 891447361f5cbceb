namespace Labeler.Shared.Projects;

/// <summary>What an algorithm makes of the votes.</summary>
public enum LearnsFrom
{
    /// <summary>Pairs of images of one prompt, of which one was preferred.</summary>
    Preferences,

    /// <summary>A number for each image.</summary>
    Rewards,

    /// <summary>Images that were judged good or bad, each alone.</summary>
    Verdicts,
}

/// <summary>A way to turn judgements into a better model, as people and projects know it. The training engine has a folder for
/// each.</summary>
/// <param name="Name">Kept in projects and manifests; a subcommand of <c>train</c>.</param>
/// <param name="Title">For people.</param>
/// <param name="Description">One or two sentences for people.</param>
public sealed record AlgorithmInfo(string Name, string Title, LearnsFrom LearnsFrom, string Description)
{
    public static IReadOnlyList<AlgorithmInfo> All { get; } =
    [
        new("d3po", "D3PO", LearnsFrom.Preferences,
            "Direct preference optimization of every denoising step, from votes alone, without a reward model (arXiv 2311.13231).")
        {
            LearningRate = 3e-5,
            NeedsTrajectories = true,
            Replays = true,
        },
        new("ddpo", "DDPO", LearnsFrom.Rewards,
            "Reinforces every denoising step of an image by its reward, which is the share of its comparisons won less the share lost "
                + "(arXiv 2305.13301).")
        {
            TakesBaseline = true,
            NeedsTrajectories = true,
        },
        new("dpok", "DPOK", LearnsFrom.Rewards,
            "DDPO with a term that holds the model near the base model (arXiv 2305.16381).")
        {
            TakesBaseline = true,
            NeedsTrajectories = true,
        },
        new("reward-weighted", "Reward-weighted", LearnsFrom.Rewards,
            "Denoises all judged images again, those with the better votes with more weight. Cheap and gentle."),
        new("diffusion-dpo", "Diffusion-DPO", LearnsFrom.Preferences,
            "Preferences between finished images at random noise levels (arXiv 2311.12908). Needs no sampling steps, so it is cheap."),
        new("diffusion-kto", "Diffusion-KTO", LearnsFrom.Verdicts,
            "Follows images judged good and leads away from images judged bad, each alone (arXiv 2404.04465). Groups that are good or bad "
                + "throughout teach too, so late epochs do not starve."),
        new("preferred", "Preferred images", LearnsFrom.Preferences,
            "Supervised fine-tuning on the images that won a comparison and lost none."),
    ];

    /// <summary>The learning rate that a project gets with it where nobody has typed one.</summary>
    public double LearningRate { get; init; } = 3e-4;

    /// <summary>Whether it needs to know how a picture was sampled, step by step: pictures that were brought in teach it nothing.</summary>
    public bool NeedsTrajectories { get; init; }

    /// <summary>Whether it learns again from <see cref="TrainingOptions.Replay"/> earlier epochs.</summary>
    public bool Replays { get; init; }

    /// <summary>Whether rewards are compared with <see cref="TrainingOptions.Baseline"/>.</summary>
    public bool TakesBaseline { get; init; }

    /// <summary>The algorithm of a name; null where there is none.</summary>
    public static AlgorithmInfo? Find(string name) => All.FirstOrDefault(one => one.Name == name);
}
