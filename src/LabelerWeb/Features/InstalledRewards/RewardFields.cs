namespace Labeler.Web.Features.InstalledRewards;

/// <summary>What the form of a reward asks for.</summary>
public static class RewardFields
{
    private static readonly List<SettingField> All = SettingField.Of<RewardSettings>("Settings");

    private static readonly string[] Server = [nameof(RewardSettings.TimeoutSeconds), nameof(RewardSettings.Attempts)];

    /// <summary>The settings of a kind, in the order of the form; those of the learned kind are chosen from a list of their own.</summary>
    public static List<SettingField> Of(RewardKind kind)
    {
        string[] names = kind switch
        {
            RewardKind.ScriptScore => [nameof(RewardSettings.File)],
            RewardKind.ScriptDetector =>
            [
                nameof(RewardSettings.File), nameof(RewardSettings.MirrorClass), nameof(RewardSettings.ObjectClasses),
                nameof(RewardSettings.MirrorScore), nameof(RewardSettings.ObjectScore), nameof(RewardSettings.InsideShare),
            ],
            RewardKind.Endpoint => [nameof(RewardSettings.Address), .. Server, nameof(RewardSettings.AtOnce)],
            RewardKind.VisionLanguage =>
            [
                nameof(RewardSettings.Address), nameof(RewardSettings.Model), nameof(RewardSettings.Question),
                    nameof(RewardSettings.Answer),
                .. Server,
            ],
            _ => [],
        };
        return [.. names.Select(name => All.First(field => field.Name == $"Settings.{name}"))];
    }

    /// <summary>One line for people who choose.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The kind has none here yet.</exception>
    public static string About(RewardKind kind) => kind switch
    {
        RewardKind.Compressibility => "Minus the size of the picture as a JPEG file: smooth pictures win (DDPO).",
        RewardKind.Incompressibility => "The size of the picture as a JPEG file: busy pictures win (DDPO).",
        RewardKind.MirrorWorld => "For the bundled model alone: whether its drawn scene is as the prompt says.",
        RewardKind.MirrorWorldMirror => "For the bundled model alone: the mirror report's reward of what is drawn.",
        RewardKind.ScriptScore => "An aesthetic score, a preference score or another model of your own that gives a number for a picture.",
        RewardKind.ScriptDetector => "The mirror report's reward of the mirrors and objects that a detector finds.",
        RewardKind.Endpoint => "A program of your own behind an address, which gets pictures and prompts and answers with numbers.",
        RewardKind.VisionLanguage =>
            "A model that looks at pictures and answers a question in words. Its judgment is shown apart from people's.",
        RewardKind.Learned => "A reward model that learned from people's votes here, and was accepted.",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Nothing is said about this kind of reward."),
    };
}
