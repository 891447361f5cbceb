using System.Text;

namespace Labeler.Shared.Accounts.Names;

/// <summary>Writing systems, by ranges of letters: enough to tell which ones a name mixes.</summary>
internal static class Script
{
    private const string Latin = "Latin", Greek = "Greek", Cyrillic = "Cyrillic", Hebrew = "Hebrew", Arabic = "Arabic",
        Georgian = "Georgian", Hangul = "Hangul", Ethiopic = "Ethiopic", Cherokee = "Cherokee", Hiragana = "Hiragana",
        Katakana = "Katakana", Bopomofo = "Bopomofo", Han = "Han", Armenian = "Armenian", Tibetan = "Tibetan", Myanmar = "Myanmar";

    // Scripts that need more than one block of 128, or share one.
    private static readonly (int First, int Last, string Script)[] Ranges =
    [
        (0x0041, 0x02AF, Latin), (0x0370, 0x03FF, Greek), (0x0400, 0x052F, Cyrillic), (0x0530, 0x058F, Armenian), (0x0590, 0x05FF, Hebrew),
        (0x0600, 0x06FF, Arabic), (0x0750, 0x077F, Arabic), (0x0870, 0x08FF, Arabic), (0x0F00, 0x0FFF, Tibetan), (0x1000, 0x109F, Myanmar),
        (0x10A0, 0x10FF, Georgian), (0x1100, 0x11FF, Hangul), (0x1200, 0x139F, Ethiopic), (0x13A0, 0x13FF, Cherokee),
        (0x1C80, 0x1C8F, Cyrillic), (0x1C90, 0x1CBF, Georgian), (0x1D00, 0x1DBF, Latin), (0x1E00, 0x1EFF, Latin), (0x1F00, 0x1FFF, Greek),
        (0x2C60, 0x2C7F, Latin), (0x2D00, 0x2D2F, Georgian), (0x2D80, 0x2DDF, Ethiopic), (0x2DE0, 0x2DFF, Cyrillic), (0x2E80, 0x2FDF, Han),
        (0x3005, 0x3007, Han), (0x3041, 0x309F, Hiragana), (0x30A1, 0x30FA, Katakana), (0x30FD, 0x30FF, Katakana),
        (0x3105, 0x312F, Bopomofo), (0x3131, 0x318E, Hangul), (0x31A0, 0x31BF, Bopomofo), (0x31F0, 0x31FF, Katakana),
        (0x3400, 0x9FFF, Han), (0xA640, 0xA69F, Cyrillic),
        (0xA722, 0xA7FF, Latin), (0xA960, 0xA97F, Hangul), (0xAA60, 0xAA7F, Myanmar), (0xAB00, 0xAB2F, Ethiopic), (0xAB30, 0xAB6F, Latin),
        (0xAB70, 0xABBF, Cherokee), (0xAC00, 0xD7FF, Hangul), (0xF900, 0xFAFF, Han), (0xFB00, 0xFB06, Latin), (0xFB13, 0xFB17, Armenian),
        (0xFB1D, 0xFB4F, Hebrew), (0xFB50, 0xFDFF, Arabic), (0xFE70, 0xFEFC, Arabic), (0xFF21, 0xFF5A, Latin), (0xFF66, 0xFF9D, Katakana),
        (0x20000, 0x3FFFF, Han),
    ];

    // What people write together: Unicode's level "highly restrictive" (UTS 39, 5.2).
    private static readonly string[][] Together =
        [[Latin, Han, Hiragana, Katakana], [Latin, Han, Bopomofo], [Latin, Han, Hangul]];

    /// <summary>Are all letters of one script, or of scripts that one language writes together?</summary>
    public static bool BelongTogether(string text)
    {
        var scripts = text.EnumerateRunes().Where(Tells).Select(Of).Distinct().ToList();
        return scripts.Count <= 1 || Together.Any(together => scripts.TrueForAll(together.Contains));
    }

    // The mark that lengthens a Japanese vowel goes with both syllabaries.
    private static bool Tells(Rune rune) => Rune.IsLetter(rune) && rune.Value is not 0x30FC;

    private static string Of(Rune rune)
    {
        foreach (var (first, last, script) in Ranges)
        {
            if (rune.Value >= first && rune.Value <= last)
            {
                return script;
            }
        }
        return $"block {rune.Value >> 7}";
    }
}
