using System.Text;
using System.Text.RegularExpressions;

namespace Labeler.Shared.Photos.Captions;

/// <summary>Finds the caption in what a model says around it.</summary>
public static partial class CaptionText
{
    private const int LongestAnswer = 20_000;

    /// <summary>
    /// What a model says after its thoughts, which some servers leave in the text: between <c>&lt;think&gt;</c> and its end, before an end
    /// whose beginning the server swallowed, after a beginning without an end; or in the channels of the harmony format.
    /// </summary>
    public static string WithoutThoughts(string answer)
    {
        var text = answer.Length > LongestAnswer ? answer[^LongestAnswer..] : answer;
        if (FinalChannel().Match(text) is { Success: true } final)
        {
            text = text[(final.Index + final.Length)..];
        }
        var (said, at, thinking) = (new StringBuilder(), 0, false);
        foreach (Match mark in Thought().Matches(text))
        {
            var ends = mark.Groups["end"].Success;
            if (!thinking && ends)
            {
                // An end without a beginning: all before it was thought.
                said.Clear();
            }
            else if (!thinking)
            {
                said.Append(text, at, mark.Index - at).Append(' ');
            }
            (at, thinking) = (mark.Index + mark.Length, !ends);
        }
        var rest = thinking ? "" : text[at..];
        return Marker().Replace(said.Append(rest).ToString(), " ").Trim();
    }

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

    [GeneratedRegex(
        @"<\s*(?<end>/)?\s*(think|thinking|thought|thoughts|reasoning|reflection|scratchpad)\s*>|◁(?<end>/)?think▷|\[(?<end>/)?THINK\]"
        + @"|<\|channel\|>\s*analysis",
        RegexOptions.IgnoreCase, RegexTimeout.Milliseconds)]
    private static partial Regex Thought();

    [GeneratedRegex(@"<\|channel\|>\s*final\s*<\|message\|>", RegexOptions.RightToLeft, RegexTimeout.Milliseconds)]
    private static partial Regex FinalChannel();

    [GeneratedRegex(@"<\|[a-z_]{1,30}\|>|</?answer>|<\|(begin|end)_of_box\|>", RegexOptions.IgnoreCase, RegexTimeout.Milliseconds)]
    private static partial Regex Marker();

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
