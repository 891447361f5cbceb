using System.Globalization;
using System.Text;

namespace Labeler.TrainingEngine.Models.Tokenizer;

/// <summary>
/// Unicode's full lower-casing (Unicode Standard, section 3.13): unlike .NET's simple one it knows the final sigma and
/// the dotted capital I, which change token ids.
/// </summary>
internal static class LowerCase
{
    private const char CapitalSigma = 'Σ';
    private const char DottedCapitalI = 'İ';

    public static string Of(string text)
    {
        var lower = new StringBuilder(text.Length);
        int at = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                CapitalSigma => lower.Append(EndsWord(text, at) ? 'ς' : 'σ'),
                DottedCapitalI => lower.Append("i\u0307"),
                _ => lower.Append(Rune.ToLowerInvariant(rune).ToString()),
            };
            at += rune.Utf16SequenceLength;
        }

        return lower.ToString();
    }

    /// <summary>True when a cased letter stands before and none after, looking past marks and apostrophes.</summary>
    private static bool EndsWord(string text, int sigma)
    {
        int before = sigma - 1;
        while (before >= 0 && IsIgnored(text[before]))
        {
            before--;
        }

        int after = sigma + 1;
        while (after < text.Length && IsIgnored(text[after]))
        {
            after++;
        }

        return before >= 0 && IsCased(text[before]) && !(after < text.Length && IsCased(text[after]));
    }

    private static bool IsCased(char letter) => char.GetUnicodeCategory(letter)
        is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter;

    private static bool IsIgnored(char letter) => letter is '\'' or '.' or ':' or '·' or '’' || char.GetUnicodeCategory(letter)
        is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format
        or UnicodeCategory.ModifierLetter or UnicodeCategory.ModifierSymbol;
}
