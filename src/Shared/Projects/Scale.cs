namespace Labeler.Shared.Projects;

/// <summary>The options of the mirror report, in its words, each with a drawn example.</summary>
public static class Scale
{
    /// <summary>The rubric of generated mirrors, worst first.</summary>
    public static IReadOnlyList<Choice> Rubric { get; } =
    [
        new("0", "1", "There is no mirror.", 0, "score-0"),
        new("1", "2", "There is a mirror, and nothing to be seen in it or before it.", 1, "score-1"),
        new("3", "3", "There is a mirror, and something only in it or only before it.", 3, "score-3"),
        new("6", "4", "Something is in the mirror and before it, but the pose relation between them is wrong.", 6, "score-6"),
        new("10", "5", "Something is in the mirror and before it, with a pose relation that is nearly right.", 10, "score-10"),
    ];

    /// <summary>The labels with which real photos are curated. Their values, the higher the better, make pairs of them; the report only
    /// sorts.</summary>
    public static IReadOnlyList<Choice> Labels { get; } =
    [
        new("Label 1", "1", "The picture is about an object and its reflection: object, reflection and mirror can all be seen.", 3,
            "label-1"),
        new("Label 2", "2", "The picture is about a wider scene, whose mirror reflects the surroundings and not a particular object.", 2,
            "label-2"),
        new("Label 3", "3", "Neither.", 1, "label-3"),
    ];

    /// <summary>Names of the drawings in wwwroot-assets/examples that an option may show.</summary>
    public static IReadOnlySet<string> Examples { get; } = Rubric.Concat(Labels).Select(choice => choice.Example).ToHashSet();
}
