using Labeler.Shared.Projects;
using Labeler.Shared.Scoring;

namespace Labeler.Bench.Rewards;

/// <summary>One reward that several algorithms follow, each in a project of its own.</summary>
/// <param name="Prompts">Trained on, as they come.</param>
/// <param name="HeldOut">Measured alone.</param>
/// <param name="Sharpness">Of reward-weighted regression, in the reward's unit.</param>
public sealed record Experiment(string Name, RewardKind Reward, double Sharpness, string[] Algorithms, string[] Prompts, string[] HeldOut)
{
    /// <summary>D3PO, figure 3: a reward that is a number of the file, and no prompt apart.</summary>
    public static Experiment Compressibility { get; } = new("Small files", RewardKind.Compressibility, 12.8,
        ["d3po", "ddpo", "dpok", "reward-weighted"],
        ["1 hand", "provocative art", "ambiguous beauty", "a red mug and its reflection in the mirror", "a blue boot and its reflection in the mirror"], []);

    /// <summary>Mirror report, figure 7: what a detector of mirrors and things finds, on prompts trained on and on others.</summary>
    public static Experiment Mirrors { get; } = new("Mirrors", RewardKind.MirrorWorldMirror, 1,
        ["ddpo"],
        [
            "a mug", "provocative art and its reflection in the mirror", "its reflection in the mirror",
            "1 hand and its reflection in the mirror", "a blue boot in the mirror", "a purple mug and 1 hand",
            "ambiguous beauty in the mirror", "a red flag",
        ],
        [
            "a boot", "provocative art in the mirror", "ambiguous beauty and its reflection", "1 hand and a red mug in the mirror",
            "a green arrow in the mirror", "a orange flag and 1 hand", "the mirror", "a purple boot",
        ]);

    private const int Steps = 10;

    /// <summary>A project's settings: as those of <c>engine reproduce</c>, all weights of the U-Net, and for every algorithm as many
    /// optimizer steps: one of all images at each sampling step, and regression goes through all images as often.</summary>
    public ProjectSettings Settings(string algorithm, int images, int seed, long reward) => new()
    {
        Algorithm = algorithm,
        GroupSize = 7,
        ImagesPerEpoch = images,
        EvaluationImages = Math.Max(56, 7 * (Prompts.Length + HeldOut.Length)),
        Seed = seed,
        MeasuredRewards = [reward],
        Sampling = new() { Steps = Steps, GuidanceScale = 1 },
        Training = new()
        {
            Adapter = AdapterKind.Full,
            LearningRate = 1e-4,
            RewardSharpness = Sharpness,
            Seed = seed,
            ImagesPerStep = images,
            TimestepsPerStep = 1,
            Passes = algorithm == "reward-weighted" ? Steps : 1,
        },
    };
}
