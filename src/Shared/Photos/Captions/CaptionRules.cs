using System.Text.RegularExpressions;

namespace Labeler.Shared.Photos.Captions;

/// <summary>What a caption must hold to, whoever writes it.</summary>
/// <param name="MaxWords">Most words.</param>
/// <param name="MustContain">A word that it must contain; empty for none.</param>
public sealed partial record CaptionRules(int MaxWords, string MustContain)
{
    private const int LongestText = 400;
    private static readonly string[] Pairs = ["\"\"", "''", "“”", "„“", "„”", "‘’", "«»", "»«", "「」", "『』", "``"];

    /// <summary>The text on one line, without a pair of quotation marks around all of it.</summary>
    public static string Clean(string text)
    {
        var line = OneLine(text);
        while (line.Length >= 2 && Pairs.Any(pair => line[0] == pair[0] && line[^1] == pair[1] && !Divided(line[1..^1], pair)))
        {
            line = line[1..^1].Trim();
        }
        return line;
    }

    /// <summary>The text with each white space, line ends included, as one space.</summary>
    internal static string OneLine(string text) => Spaces().Replace(text, " ").Trim();

    /// <summary>What is wrong with a caption, in one line that says what to do; null when nothing is.</summary>
    public string? Fault(string caption)
    {
        if (caption.Length == 0)
        {
            return "The caption is empty: write what the picture shows.";
        }
        if (caption.Length > LongestText || caption.Any(char.IsControl))
        {
            return $"The caption must be one line of plain text of at most {LongestText} characters.";
        }
        var words = caption.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
        if (words > MaxWords)
        {
            return $"The caption has {words} words: shorten it to at most {MaxWords}.";
        }
        return MustContain.Length > 0
            && !Regex.IsMatch(caption, $@"\b{Regex.Escape(MustContain)}\b", RegexOptions.IgnoreCase, RegexTimeout.Span)
            ? $"The caption must contain the word \"{MustContain}\"."
            : null;
    }

    // "A" beside "B" is two quotations; the apostrophe of a word is none.
    private static bool Divided(string inside, string pair) => Enumerable.Range(0, inside.Length).Any(at =>
        pair.Contains(inside[at], StringComparison.Ordinal) && !IsApostrophe(inside, at));

    private static bool IsApostrophe(string text, int at) =>
        text[at] is '\'' or '’' && at > 0 && at < text.Length - 1 && char.IsLetter(text[at - 1]) && char.IsLetter(text[at + 1]);

    [GeneratedRegex(@"\s+", RegexOptions.None, RegexTimeout.Milliseconds)]
    private static partial Regex Spaces();
}
