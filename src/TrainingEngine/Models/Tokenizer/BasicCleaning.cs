using System.Globalization;
using System.Text;

namespace Labeler.TrainingEngine.Models.Tokenizer;

/// <summary>The cleaning of transformers' BasicTokenizer, as CLIP's tokenizer used it up to 4.30 without ftfy.</summary>
internal static class BasicCleaning
{
    /// <summary>Lower-case words and single punctuation marks with one space between them.</summary>
    public static string Clean(string text)
    {
        string lower = LowerCase.Of(WithoutControls(text).Normalize(NormalizationForm.FormC));
        var spaced = new StringBuilder(lower.Length + 16);
        foreach (Rune rune in lower.Normalize(NormalizationForm.FormD).EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) == UnicodeCategory.NonSpacingMark)
            {
                continue;
            }

            string letter = Rune.IsWhiteSpace(rune) ? " " : rune.ToString();
            _ = IsPunctuation(rune) ? spaced.Append(' ').Append(letter).Append(' ') : spaced.Append(letter);
        }

        return string.Join(' ', spaced.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>Control, format, unassigned and private characters go, every space is a plain one, Chinese stands apart.</summary>
    private static string WithoutControls(string text)
    {
        var kept = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            UnicodeCategory category = Rune.GetUnicodeCategory(rune);
            if (rune.Value is '\t' or '\n' or '\r' || category == UnicodeCategory.SpaceSeparator)
            {
                kept.Append(' ');
            }
            else if (rune.Value != '\uFFFD' && !IsControl(category))
            {
                _ = IsChinese(rune.Value) ? kept.Append(' ').Append(rune.ToString()).Append(' ') : kept.Append(rune.ToString());
            }
        }

        return kept.ToString();
    }

    private static bool IsControl(UnicodeCategory category) => category
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;

    private static bool IsPunctuation(Rune rune) => rune.Value
        is (>= '!' and <= '/') or (>= ':' and <= '@') or (>= '[' and <= '`') or (>= '{' and <= '~') || Rune.IsPunctuation(rune);

    /// <summary>The blocks of unified ideographs that the original lists.</summary>
    private static bool IsChinese(int code) => code
        is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF)
        or (>= 0x2A700 and <= 0x2CEAF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F);
}
