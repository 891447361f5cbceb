namespace Labeler.TrainingEngine.MirrorWorld.Judging;

/// <summary>The mirror report's scores and categories, applied to the faults of mirror scenes.</summary>
public static class MirrorRubric
{
    /// <summary>The scores, worst first, with the definitions that annotators see.</summary>
    public static IReadOnlyList<(int Score, string Definition)> Scores { get; } =
    [
        (0, "No mirror."),
        (1, "A mirror, but nothing in it and nothing before it."),
        (3, "The object is only inside or only outside the mirror, or there are several mirrors."),
        (6, "One mirror with object and reflection, but the reflection is wrong: its colour, or not flipped."),
        (10, "One mirror, and its reflection of the object is right."),
    ];

    /// <summary>The categories with the definitions that annotators see.</summary>
    public static IReadOnlyList<(int Label, string Definition)> Labels { get; } =
    [
        (1, "One mirror, with the object both inside and outside of it."),
        (2, "A mirror, but the object is only inside or only outside of it, or there are several mirrors."),
        (3, "No mirror, or nothing in and before it."),
    ];

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
