namespace Labeler.Shared.Projects;

/// <summary>The prompts of DDPO's experiments (arXiv 2305.13301, sections 5 and 6.2), as its authors published the lists.</summary>
public static class PromptSets
{
    private static readonly string[] Doing = ["washing the dishes", "riding a bike", "playing chess"];

    /// <summary>45 common animals, a word each.</summary>
    public static IReadOnlyList<string> Animals { get; } =
    [
        "cat", "dog", "horse", "monkey", "rabbit", "zebra", "spider", "bird", "sheep", "deer", "cow", "goat", "lion", "tiger", "bear",
        "raccoon", "fox", "wolf", "lizard", "beetle", "ant", "butterfly", "fish", "shark", "whale", "dolphin", "squirrel", "mouse", "rat",
        "snake", "turtle", "frog", "chicken", "duck", "goose", "bee", "pig", "turkey", "fly", "llama", "camel", "bat", "gorilla",
        "hedgehog", "kangaroo",
    ];

    /// <summary>Each of them at each of three activities: "a cat riding a bike", "an ant playing chess".</summary>
    public static IReadOnlyList<string> Activities { get; } =
        [.. from animal in Animals from activity in Doing select $"{ArticleOf(animal)} {animal} {activity}"];

    private static string ArticleOf(string noun) => "aeiou".Contains(noun[0], StringComparison.Ordinal) ? "an" : "a";
}
