using Labeler.Shared.Projects;

namespace Labeler.TrainingEngine.MirrorWorld.Judging;

/// <summary>
/// The mirror report's scores and labels (<see cref="Scale"/>), applied to the faults of drawn scenes. The drawings know less than
/// photos, so two things stand for others here: a wrong color of the reflection counts as a wrong pose relation (6), and two mirrors as
/// something only in one (3). There are no wider scenes: what scores 3 stands for Label 2.
/// </summary>
public static class MirrorRubric
{
    /// <summary>Scores, worst first.</summary>
    public static IReadOnlyList<int> Scores { get; } = [.. Scale.Rubric.Select(choice => (int)choice.Value!.Value)];

    /// <summary>Labels.</summary>
    public static IReadOnlyList<int> Labels { get; } = [.. Enumerable.Range(1, Scale.Labels.Count)];

    /// <summary>0, 1, 3, 6 or 10.</summary>
    public static int Score(MirrorFault fault) => fault switch
    {
        MirrorFault.None => 10,
        MirrorFault.WrongColour or MirrorFault.NotFlipped => 6,
        MirrorFault.OnlyInside or MirrorFault.OnlyOutside or MirrorFault.TwoMirrors => 3,
        MirrorFault.EmptyMirror => 1,
        _ => 0,
    };

    /// <summary>1, 2 or 3.</summary>
    public static int Label(int score) => score switch { >= 6 => 1, >= 3 => 2, _ => 3 };
}
