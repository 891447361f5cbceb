namespace Labeler.Shared.Scoring;

/// <summary>How a reward comes to its number for a picture. The numbers are stored.</summary>
public enum RewardKind
{
    /// <summary>Small JPEG files (DDPO, section 5.1).</summary>
    Compressibility = 0,

    /// <summary>Large JPEG files.</summary>
    Incompressibility = 1,

    /// <summary>What Mirror World's drawing says of its own pictures.</summary>
    MirrorWorld = 2,

    /// <summary>The mirror report's reward of what Mirror World's drawing finds.</summary>
    MirrorWorldMirror = 3,

    /// <summary>A TorchScript model that gives one number for each picture.</summary>
    ScriptScore = 4,

    /// <summary>The mirror report's reward of what a TorchScript detector finds.</summary>
    ScriptDetector = 5,

    /// <summary>A server that gives one number for each picture.</summary>
    Endpoint = 6,

    /// <summary>A vision-language model that rates a picture or answers a question about it.</summary>
    VisionLanguage = 7,

    /// <summary>A reward model that learned from a project's votes.</summary>
    Learned = 8,
}

public static class RewardKinds
{
    /// <exception cref="ArgumentOutOfRangeException">The kind has no title here yet.</exception>
    public static string Title(this RewardKind kind) => kind switch
    {
        RewardKind.Compressibility => "Small JPEG files",
        RewardKind.Incompressibility => "Large JPEG files",
        RewardKind.MirrorWorld => "Mirror World's own judgment",
        RewardKind.MirrorWorldMirror => "Mirror reward in Mirror World",
        RewardKind.ScriptScore => "TorchScript score",
        RewardKind.ScriptDetector => "Mirror reward on a TorchScript detector",
        RewardKind.Endpoint => "A server of scores",
        RewardKind.VisionLanguage => "A vision-language model",
        RewardKind.Learned => "A reward learned from votes",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "This kind of reward has no title."),
    };

    public static bool TakesFile(this RewardKind kind) => kind is RewardKind.ScriptScore or RewardKind.ScriptDetector;

    /// <summary>Is it asked over the network?</summary>
    public static bool IsServer(this RewardKind kind) => kind is RewardKind.Endpoint or RewardKind.VisionLanguage;

    /// <summary>Does an artificial model judge in the place of a person? Its judgements are always shown apart from people's.</summary>
    public static bool IsArtificialJudge(this RewardKind kind) => kind == RewardKind.VisionLanguage;
}
