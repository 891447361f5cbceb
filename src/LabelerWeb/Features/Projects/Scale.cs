namespace Labeler.Web.Features.Projects;

public static class Scale
{
    /// <summary>The five scores of the mirror study.</summary>
    public static IReadOnlyList<Choice> Rubric { get; } =
    [
        new("0", "1", "No mirror.", 0),
        new("1", "2", "A mirror, but nothing in it and nothing before it.", 1),
        new("3", "3", "The object is only inside or only outside the mirror, or there are several mirrors.", 3),
        new("6", "4", "One mirror with object and reflection, but the reflection is wrong: its color, or not flipped.", 6),
        new("10", "5", "One mirror, and its reflection of the object is right.", 10),
    ];

    /// <summary>The three labels with which photos are curated.</summary>
    public static IReadOnlyList<Choice> Labels { get; } =
    [
        new("Label 1", "1", "One mirror, with the object both inside and outside of it."),
        new("Label 2", "2", "A mirror, but the object is only inside or only outside of it, or there are several mirrors."),
        new("Label 3", "3", "No mirror, or nothing in and before it."),
    ];
}
