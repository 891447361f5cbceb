using Labeler.Shared.Projects;

namespace Labeler.Web.Features.Projects;

/// <summary>Options to begin with.</summary>
public static class Scale
{
    /// <summary>The five scores of the mirror study.</summary>
    public static IReadOnlyList<Choice> Rubric { get; } =
    [
        new("0", "1", "No mirror in the picture, or nothing to recognise.", 0),
        new("1", "2", "A mirror, but no reflection of the object.", 1),
        new("3", "3", "A reflection that is of something else.", 3),
        new("6", "4", "The right object, but its colour or its direction is wrong.", 6),
        new("10", "5", "The reflection is right: same object, same colour, mirrored.", 10),
    ];

    /// <summary>The three labels with which photos are curated.</summary>
    public static IReadOnlyList<Choice> Labels { get; } =
    [
        new("Label 1", "1", "A mirror with a reflection that can be checked."),
        new("Label 2", "2", "A mirror, but its reflection is small, hidden or unclear."),
        new("Label 3", "3", "No mirror."),
    ];
}
