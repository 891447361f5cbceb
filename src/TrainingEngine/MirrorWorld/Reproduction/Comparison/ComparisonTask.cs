using Labeler.TrainingEngine.MirrorWorld.Judging;
using Labeler.TrainingEngine.MirrorWorld.Scenes;
using Labeler.TrainingEngine.Rewards;

namespace Labeler.TrainingEngine.MirrorWorld.Reproduction.Comparison;

/// <summary>A reward on which algorithms are compared (D3PO, figure 3; mirror report, figure 7).</summary>
/// <param name="Name">As on the command line.</param>
/// <param name="Reward">By the name that <see cref="RewardName"/> knows.</param>
/// <param name="Temperature">
/// Of reward-weighted regression. The published 0.2 per kB belongs to images of 512 × 512 pixels; one of 64 × 64 has a 64th
/// of their size, so a kB of it counts 64 times.
/// </param>
/// <param name="Training">Prompts that are trained on, in turn.</param>
/// <param name="HeldOut">Prompts that are only measured.</param>
public sealed record ComparisonTask(string Name, string Reward, double Temperature, IReadOnlyList<string> Training, IReadOnlyList<string> HeldOut)
{
    private const int EveryFifth = 5;
    private static readonly IReadOnlyList<string> Mirrors = ScenePrompts.Of(SceneFamily.Mirror);
    private static readonly IReadOnlyList<string> Mixed = [ScenePrompts.Hand, ScenePrompts.Discs, Mirrors[0], ScenePrompts.Hand, ScenePrompts.Stripes, Mirrors[6], ScenePrompts.Hand, Mirrors[13]];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ComparisonTask> All { get; } =
    [
        new("compressibility", "compressibility", 0.2 * 64, Mixed, []),
        new("incompressibility", "incompressibility", 0.2 * 64, Mixed, []),
        new("mirror-reward", "mirror", 1, [.. Mirrors.Where((_, number) => number % EveryFifth != 0)], [.. Mirrors.Where((_, number) => number % EveryFifth == 0)]),
    ];
}
