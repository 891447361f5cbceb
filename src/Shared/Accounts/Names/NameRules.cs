using System.Globalization;
using System.Text;

namespace Labeler.Shared.Accounts.Names;

/// <summary>What a name may consist of: what everybody sees, of one script, in the form in which it is stored.</summary>
public static class NameRules
{
    /// <summary>The name without spaces around it, its letters composed (Unicode's form C).</summary>
    /// <exception cref="LabelerException">It has a character that cannot be seen or that changes the order of others, or letters of scripts
    /// that do not belong together.</exception>
    public static string Clean(string name)
    {
        // What is half a character is read as this one.
        var isBroken = name.EnumerateRunes().Contains(Rune.ReplacementChar);
        LabelerException.ThrowIf(isBroken, "A name must not have broken characters: type it anew.");
        var clean = name.Trim().Normalize(NormalizationForm.FormC);
        foreach (var rune in clean.EnumerateRunes())
        {
            if (IsHidden(rune))
            {
                throw LabelerException.Of(
                    $"A name must not have characters that cannot be seen (U+{rune.Value:X4}): type it anew without it.");
            }
        }
        LabelerException.ThrowIf(clean.Length > 0 && IsMark(Rune.GetRuneAt(clean, 0)), "A name must not begin with an accent alone.");
        var isMixed = !Script.BelongTogether(clean);
        LabelerException.ThrowIf(isMixed, "A name must not mix letters of different scripts, such as Latin and Cyrillic.");
        return clean;
    }

    private static bool IsHidden(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned => true,
        UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => true,
        UnicodeCategory.SpaceSeparator => rune.Value != ' ',
        // Letters, marks and a symbol that are drawn as nothing: Unicode's Default_Ignorable_Code_Point, and the empty Braille pattern.
        _ => rune.Value is 0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or (>= 0x180B and <= 0x180F) or 0x2800 or 0x3164
            or (>= 0xFE00 and <= 0xFE0F) or 0xFFA0 or (>= 0xE0000 and <= 0xE0FFF),
    };

    private static bool IsMark(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.SpacingCombiningMark;
}
