using System.Globalization;
using System.Text;

namespace Labeler.TrainingEngine.Models.Tokenizer;

/// <summary>
/// Cuts clean lower-case text into CLIP's words: the two specials, English contractions, runs of letters, single
/// digits, runs of anything else. Works on code points, so that letters beyond the basic plane are letters too.
/// </summary>
internal static class WordSplitter
{
    private static readonly string[] Literals =
        ["<|startoftext|>", "<|endoftext|>", "'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];

    private enum Kind
    {
        Space,
        Letter,
        Number,
        Other,
    }

    public static IEnumerable<string> Split(string text)
    {
        int at = 0;
        while (at < text.Length)
        {
            if (Array.Find(Literals, literal => string.CompareOrdinal(text, at, literal, 0, literal.Length) == 0) is { } found)
            {
                yield return found;
                at += found.Length;
                continue;
            }

            (Kind kind, int length) = At(text, at);
            int end = at + length;
            while (kind is Kind.Letter or Kind.Other && end < text.Length && At(text, end) is var next && next.Kind == kind)
            {
                end += next.Length;
            }

            if (kind != Kind.Space)
            {
                yield return text[at..end];
            }

            at = end;
        }
    }

    private static (Kind Kind, int Length) At(string text, int index)
    {
        Rune.DecodeFromUtf16(text.AsSpan(index), out Rune rune, out int length);
        if (Rune.IsWhiteSpace(rune))
        {
            return (Kind.Space, length);
        }

        return Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
                or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => (Kind.Letter, length),
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => (Kind.Number, length),
            _ => (Kind.Other, length),
        };
    }
}
