using System.Text;
using System.Text.RegularExpressions;
using Labeler.Shared;

namespace Labeler.TrainingEngine.Models.Tokenizer;

/// <summary>
/// The repairs of ftfy 6.1 that matter to prompts, then CLIP's own: white space becomes single spaces, letters
/// lower-case. Deviations: mojibake is undone where it came through Windows-1252 or Latin-1 only (not the Cyrillic,
/// Greek and Mac code pages), and of the named HTML entities only those of HTML 4 are known.
/// </summary>
internal static partial class FtfyCleaning
{
    public static string Clean(string text)
    {
        var repaired = new StringBuilder(text.Length);
        bool unescape = true;
        foreach (string line in Lines(text))
        {
            // A tag anywhere up to here shows that the text is HTML on purpose.
            unescape &= !line.Contains('<', StringComparison.Ordinal);
            repaired.Append(Repair(line, unescape));
        }

        return LowerCase.Of(Spaces().Replace(repaired.ToString(), " ").Trim(' '));
    }

    private static IEnumerable<string> Lines(string text)
    {
        int at = 0;
        while (at < text.Length)
        {
            int newline = text.IndexOf('\n', at);
            int end = newline < 0 ? text.Length : newline + 1;
            yield return text[at..end];
            at = end;
        }
    }

    /// <summary>Repairs until nothing changes: one repair may uncover the next ("&amp;amp;amp;").</summary>
    private static string Repair(string line, bool unescape)
    {
        while (true)
        {
            string before = line;
            line = unescape ? HtmlEntities.Unescape(line) : line;
            line = Mojibake.Repair(line);
            line = Letters(line);
            line = LineBreaks(line);
            line = TerminalEscapes().Replace(line, "");
            line = ControlCharacters().Replace(line, "");
            line = line.Normalize(NormalizationForm.FormC);
            if (line == before)
            {
                return line;
            }
        }
    }

    /// <summary>Ligatures apart, full and half width to the usual one, quotes straight, lone surrogates replaced.</summary>
    private static string Letters(string line)
    {
        var letters = new StringBuilder(line.Length);
        foreach (Rune rune in line.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                'ʼ' or (>= '‘' and <= '‛') => letters.Append('\''),
                >= '“' and <= '‟' => letters.Append('"'),
                '\u3000' => letters.Append(' '),
                '\uFB05' => letters.Append("ſt"),
                'Ĳ' or 'ĳ' or 'ŉ' or (>= 'Ǆ' and <= 'ǌ') or (>= 'Ǳ' and <= 'ǳ') or (>= '\uFB00' and <= '\uFB06')
                    or (>= '\uFF01' and <= '\uFFEF') =>
                    letters.Append(rune.ToString().Normalize(NormalizationForm.FormKC)),
                _ => letters.Append(rune.ToString()),
            };
        }

        return letters.ToString();
    }

    private static string LineBreaks(string line) => line.Replace("\r\n", "\n", StringComparison.Ordinal)
        .Replace('\r', '\n').Replace('\u2028', '\n').Replace('\u2029', '\n').Replace('\u0085', '\n');

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant, RegexTimeout.Milliseconds)]
    private static partial Regex Spaces();

    [GeneratedRegex(@"\e\[[0-9;]*[a-zA-Z]", RegexOptions.CultureInvariant, RegexTimeout.Milliseconds)]
    private static partial Regex TerminalEscapes();

    [GeneratedRegex(@"[\u0000-\u0008\u000B\u000E-\u001F\u007F\u206A-\u206F\uFEFF\uFFF9-\uFFFC]",
        RegexOptions.CultureInvariant, RegexTimeout.Milliseconds)]
    private static partial Regex ControlCharacters();
}
