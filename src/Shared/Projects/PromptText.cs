namespace Labeler.Shared.Projects;

/// <summary>Prompts as people type or upload them: one a line.</summary>
public static class PromptText
{
    public const int LongestPrompt = 2_000;
    public const int MostPrompts = 100_000;

    /// <summary>The lines as prompts: trimmed, without empty and repeated ones.</summary>
    /// <exception cref="LabelerException">A line is too long, holds control characters, or there are too many.</exception>
    public static IReadOnlyList<string> Clean(IEnumerable<string> lines)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var kept = new List<string>();
        var number = 0;
        foreach (var line in lines)
        {
            number++;
            var text = line.Trim().TrimStart('\uFEFF');
            if (text.Length == 0 || !seen.Add(text))
            {
                continue;
            }
            LabelerException.ThrowIf(
                text.Length > LongestPrompt, $"Prompt {number} has {text.Length} characters; the most is {LongestPrompt}.");
            LabelerException.ThrowIf(
                text.Any(char.IsControl), $"Prompt {number} holds control characters: is this a text file with one prompt a line?");
            kept.Add(text);
            LabelerException.ThrowIf(kept.Count > MostPrompts, $"There are more than {MostPrompts:N0} prompts: shorten the file.");
        }
        return kept;
    }
}
