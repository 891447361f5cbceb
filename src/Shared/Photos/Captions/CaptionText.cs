using System.Text.RegularExpressions;

namespace Labeler.Shared.Photos.Captions;

/// <summary>Finds the caption in what a model says around it.</summary>
public static partial class CaptionText
{
    private const int LongestAnswer = 20_000;

    /// <summary>The caption on one line, without Markdown, labels such as "Caption:", and paired quotation marks around it.</summary>
    public static string OfAnswer(string answer)
    {
        var text = CaptionRules.OneLine(Fence().Replace(answer.Length > LongestAnswer ? answer[..LongestAnswer] : answer, " "));
        for (var (before, turns) = ("", 0); before != text && turns < 20; turns++)
        {
            before = text;
            text = LineStart().Replace(text, "");
            text = Emphasis().Replace(text, "$2");
            text = Label().Replace(text, "");
            text = CaptionRules.Clean(text);
        }
        return text;
    }

    [GeneratedRegex(@"^\s*```\w*\s*$", RegexOptions.Multiline, RegexTimeout.Milliseconds)]
    private static partial Regex Fence();

    // A heading, a quotation, or one entry of a list.
    [GeneratedRegex(@"^\s*(#{1,6}\s+|>\s*|[-*•]\s+|\d{1,2}[.)]\s+)", RegexOptions.None, RegexTimeout.Milliseconds)]
    private static partial Regex LineStart();

    [GeneratedRegex(
        @"^\s*(?<marks>[*_]{1,3})?\s*((sure|certainly|of course|okay|ok)[!,.]?\s+)?"
        + @"((here( is|'s|’s)|this is) (a|an|the|my|your) [\w\s-]{0,30}?(caption|description|answer|sentence)[\w\s-]{0,30}"
        + @"|(image |photo |picture |final |short |the )?(caption|description|answer|sentence|response|output))"
        + @"\s*[:：](?(marks)[*_]*)\s*(?=\S)",
        RegexOptions.IgnoreCase, RegexTimeout.Milliseconds)]
    private static partial Regex Label();

    [GeneratedRegex(@"(\*\*\*|\*\*|\*|___|__|(?<!\w)_|`)(?=\S)([^*_`]*?\S)\1(?!\w)", RegexOptions.None, RegexTimeout.Milliseconds)]
    private static partial Regex Emphasis();
}
