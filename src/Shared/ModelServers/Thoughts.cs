using System.Text;
using System.Text.RegularExpressions;

namespace Labeler.Shared.ModelServers;

/// <summary>Tells what a model says from what it thinks before.</summary>
public static partial class Thoughts
{
    private const int LongestAnswer = 20_000;

    /// <summary>
    /// What a model says after its thoughts, which some servers leave in the text: between <c>&lt;think&gt;</c> and its end, before an end
    /// whose beginning the server swallowed, after a beginning without an end; or in the channels of the harmony format.
    /// </summary>
    public static string LeftOut(string answer)
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

    [GeneratedRegex(
        @"<\s*(?<end>/)?\s*(think|thinking|thought|thoughts|reasoning|reflection|scratchpad)\s*>|◁(?<end>/)?think▷|\[(?<end>/)?THINK\]"
        + @"|<\|channel\|>\s*analysis",
        RegexOptions.IgnoreCase, RegexTimeout.Milliseconds)]
    private static partial Regex Thought();

    [GeneratedRegex(@"<\|channel\|>\s*final\s*<\|message\|>", RegexOptions.RightToLeft, RegexTimeout.Milliseconds)]
    private static partial Regex FinalChannel();

    [GeneratedRegex(@"<\|[a-z_]{1,30}\|>|</?answer>|<\|(begin|end)_of_box\|>", RegexOptions.IgnoreCase, RegexTimeout.Milliseconds)]
    private static partial Regex Marker();
}
