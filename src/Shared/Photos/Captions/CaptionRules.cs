using System.Text.RegularExpressions;

namespace Labeler.Shared.Photos.Captions;

/// <summary>What a caption must hold to, whoever writes it.</summary>
/// <param name="MaxWords">Most words.</param>
/// <param name="MustContain">A word that it must contain; empty for none.</param>
public sealed partial record CaptionRules(int MaxWords, string MustContain)
{
    private const int LongestText = 400;

    /// <summary>The text on one line, without quotation marks around it.</summary>
    public static string Clean(string text) => Spaces().Replace(text, " ").Trim().Trim('"', '“', '”', '\'').Trim();

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

    [GeneratedRegex(@"\s+", RegexOptions.None, RegexTimeout.Milliseconds)]
    private static partial Regex Spaces();
}
