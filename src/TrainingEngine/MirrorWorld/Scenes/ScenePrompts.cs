using Labeler.TrainingEngine.MirrorWorld.Drawing;
using Labeler.TrainingEngine.MirrorWorld.Judging;

namespace Labeler.TrainingEngine.MirrorWorld.Scenes;

/// <summary>The prompts that the bundled model knows.</summary>
public static class ScenePrompts
{
    /// <summary>Hands.</summary>
    public const string Hand = "1 hand";

    /// <summary>Art of discs and rings.</summary>
    public const string Discs = "provocative art";

    /// <summary>Art of stripes and waves.</summary>
    public const string Stripes = "ambiguous beauty";

    /// <summary>Colours of objects before mirrors; their hues are at least 30 degrees apart.</summary>
    public static IReadOnlyList<(string Name, Rgb Colour)> Colours { get; } =
    [
        ("red", new Rgb(208, 34, 42)),
        ("orange", new Rgb(240, 136, 24)),
        ("green", new Rgb(34, 156, 70)),
        ("blue", new Rgb(36, 90, 212)),
        ("purple", new Rgb(146, 54, 190)),
    ];

    /// <summary>Objects before mirrors; none looks like its own reflection.</summary>
    public static IReadOnlyList<string> Objects { get; } = ["flag", "boot", "mug", "arrow"];

    /// <summary>The prompts of a family.</summary>
    public static IReadOnlyList<string> Of(SceneFamily family) => family switch
    {
        SceneFamily.Hand => [Hand],
        SceneFamily.Art => [Discs, Stripes],
        _ => [.. Colours.SelectMany(colour => Objects.Select(thing => Mirror(colour.Name, thing)))],
    };

    /// <summary>The family that a prompt asks for; null for a prompt of none.</summary>
    public static SceneFamily? FamilyOf(string prompt) =>
        Enum.GetValues<SceneFamily>().Cast<SceneFamily?>().FirstOrDefault(family => Of(family!.Value).Contains(prompt.Trim()));

    /// <summary>The prompt of a mirror scene.</summary>
    public static string Mirror(string colour, string thing) => $"a {colour} {thing} and its reflection in the mirror";
}
