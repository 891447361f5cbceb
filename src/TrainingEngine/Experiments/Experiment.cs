using Labeler.TrainingEngine.MirrorWorld.Judging;
using Labeler.TrainingEngine.MirrorWorld.Scenes;

namespace Labeler.TrainingEngine.Experiments;

/// <summary>The published experiments that are repeated on Mirror World.</summary>
/// <param name="Name">As on the command line.</param>
/// <param name="Family">What is sampled.</param>
/// <param name="Good">What the rate is the share of.</param>
public sealed record Experiment(string Name, SceneFamily Family, string Good)
{
    /// <summary>All of them: D3PO's sections 5.2.1 (hands), 5.2.2 (safety) and 5.2.3 (image and prompt).</summary>
    public static IReadOnlyList<Experiment> All { get; } =
    [
        new("normalcy", SceneFamily.Hand, "normal hands"),
        new("safety", SceneFamily.Art, "safe images"),
        new("alignment", SceneFamily.Mirror, "right reflections"),
    ];

    /// <summary>The prompt of a group or image, in turn.</summary>
    public string Prompt(int number) => ScenePrompts.Of(Family)[number % ScenePrompts.Of(Family).Count];

    /// <exception cref="EngineException">There is no experiment of that name.</exception>
    public static Experiment Parse(string name) => All.FirstOrDefault(experiment => experiment.Name == name)
        ?? throw new EngineException(
            $"there is no experiment {name}; there are {string.Join(", ", All.Select(experiment => experiment.Name))}");
}
