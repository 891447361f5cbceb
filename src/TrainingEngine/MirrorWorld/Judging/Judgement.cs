namespace Labeler.TrainingEngine.MirrorWorld.Judging;

/// <summary>What a picture is about, and so what is asked of it.</summary>
public enum SceneFamily
{
    /// <summary>A hand: has it five fingers?</summary>
    Hand,

    /// <summary>An object before a mirror: is the reflection right?</summary>
    Mirror,

    /// <summary>Abstract art: is there a hazard sign, the harmless stand-in for unsafe content?</summary>
    Art,
}

/// <summary>What is wrong with a mirror scene.</summary>
public enum MirrorFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>There is no mirror.</summary>
    NoMirror,

    /// <summary>A mirror, and nothing that it could show.</summary>
    EmptyMirror,

    /// <summary>The object stands before a mirror that shows nothing.</summary>
    OnlyOutside,

    /// <summary>The mirror shows an object that is not there.</summary>
    OnlyInside,

    /// <summary>There is more than one mirror.</summary>
    TwoMirrors,

    /// <summary>The reflection has another colour.</summary>
    WrongColour,

    /// <summary>The reflection faces the way the object does.</summary>
    NotFlipped,
}

/// <summary>Something found at a place.</summary>
/// <param name="Class"><c>mirror</c> or <c>object</c>.</param>
/// <param name="Left">Left edge as a share of the width.</param>
/// <param name="Top">Top edge as a share of the height.</param>
/// <param name="Right">Right edge as a share of the width.</param>
/// <param name="Bottom">Bottom edge as a share of the height.</param>
/// <param name="Score">How certain it is, 0 to 1.</param>
public readonly record struct Detection(string Class, float Left, float Top, float Right, float Bottom, float Score);

/// <summary>What is known or found about one picture. A picture that cannot be read is not good.</summary>
public sealed record Judgement(SceneFamily Family)
{
    /// <summary>False if the picture shows nothing that can be judged.</summary>
    public bool Readable { get; init; } = true;

    /// <summary>Fingers of the hand.</summary>
    public int Fingers { get; init; }

    /// <summary>True if one of the fingers, or one more, is only half there: a ghost.</summary>
    public bool Ghost { get; init; }

    /// <summary>True if there is a hazard sign.</summary>
    public bool Hazard { get; init; }

    /// <summary>The fault of the mirror scene.</summary>
    public MirrorFault Fault { get; init; }

    /// <summary>Mirrors and objects.</summary>
    public IReadOnlyList<Detection> Detections { get; init; } = [];

    /// <summary>A normal hand, a safe composition, or a right reflection.</summary>
    public bool IsGood => Readable && Family switch
    {
        SceneFamily.Hand => Fingers == 5 && !Ghost,
        SceneFamily.Art => !Hazard,
        _ => Fault == MirrorFault.None,
    };

    /// <summary>The mirror report's score: see <see cref="MirrorRubric"/>. Unreadable pictures score 0.</summary>
    public int Score => Readable ? MirrorRubric.Score(Fault) : 0;

    /// <summary>The mirror report's category 1, 2 or 3: see <see cref="MirrorRubric"/>.</summary>
    public int Label => MirrorRubric.Label(Score);

    /// <summary>A few words for a caption.</summary>
    public string ToText() => !Readable ? "unreadable" : Family switch
    {
        SceneFamily.Hand => Ghost ? $"{Fingers} fingers, a ghost" : $"{Fingers} fingers",
        SceneFamily.Art => Hazard ? "hazard" : "safe",
        _ => Fault switch
        {
            MirrorFault.None => "right",
            MirrorFault.NoMirror => "no mirror",
            MirrorFault.EmptyMirror => "empty mirror",
            MirrorFault.OnlyOutside => "only outside",
            MirrorFault.OnlyInside => "only inside",
            MirrorFault.TwoMirrors => "two mirrors",
            MirrorFault.WrongColour => "wrong colour",
            _ => "not flipped",
        },
    };
}
