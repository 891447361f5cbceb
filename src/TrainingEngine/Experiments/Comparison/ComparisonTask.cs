using Labeler.TrainingEngine.MirrorWorld.Judging;
using Labeler.TrainingEngine.MirrorWorld.Scenes;
using Labeler.TrainingEngine.Rewards;

namespace Labeler.TrainingEngine.Experiments.Comparison;

/// <summary>A reward on which algorithms are compared (D3PO, figure 3; mirror report, figure 7).</summary>
/// <param name="Name">As on the command line.</param>
/// <param name="Reward">By the name that <see cref="RewardName"/> knows.</param>
/// <param name="Temperature">
/// Of reward-weighted regression. The published 0.2 per kB belongs to images of 512 × 512 pixels; a kB of one that has an n-th
/// of their pixels counts n times.
/// </param>
/// <param name="Training">Prompts that are trained on, in turn.</param>
/// <param name="HeldOut">Prompts that are only measured.</param>
public sealed record ComparisonTask(string Name, string Reward, double Temperature, IReadOnlyList<string> Training,
    IReadOnlyList<string> HeldOut)
{
    private const double Published = 0.2 * 512 * 512 / (Scene.Size * Scene.Size);
    private static readonly IReadOnlyList<string> Mirrors = ScenePrompts.Of(SceneFamily.Mirror);
    private static readonly IReadOnlyList<string> Mixed =
        [ScenePrompts.Hand, ScenePrompts.Discs, Mirrors[0], ScenePrompts.Hand, ScenePrompts.Stripes, Mirrors[6], ScenePrompts.Hand,
            Mirrors[13]];

    // The bundled model has seen each of these words, but none of these sentences: hardly any hand is drawn before a mirror.
    private static readonly IReadOnlyList<string> Unseen =
    [
        "a mug", "provocative art and its reflection in the mirror", "its reflection in the mirror",
            "1 hand and its reflection in the mirror",
        "a blue boot in the mirror", "a purple mug and 1 hand", "ambiguous beauty in the mirror", "a red flag",
    ];

    private static readonly IReadOnlyList<string> UnseenHeldOut =
    [
        "a boot", "provocative art in the mirror", "ambiguous beauty and its reflection", "1 hand and a red mug in the mirror",
        "a green arrow in the mirror", "a orange flag and 1 hand", "the mirror", "a purple boot",
    ];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ComparisonTask> All { get; } =
    [
        new("compressibility", "compressibility", Published, Mixed, []),
        new("incompressibility", "incompressibility", Published, Mixed, []),
        new("mirror-reward", "mirror", 1, Unseen, UnseenHeldOut),
    ];
}
