using System.Globalization;
using System.Text;

namespace Labeler.Shared.Accounts.Names;

/// <summary>
/// What a name looks like, whatever it is made of: names that people could take for one another have the same skeleton, as in UTS 39,
/// whose table this shortens to letters that look like Latin ones. Upper and lower case are one, as they are at signing in.
/// </summary>
public static class NameSkeleton
{
    // Pairs: a character in its upper case, and the Latin one that it, or its lower case, looks like.
    private const string Pairs =
        "АAВBЕEЅSІIЈJКKМMНHОOРPСCТTУYХXҺHӀIԀDԚQԜWҮYЬBЗ3Ч4Ԍ6" // Cyrillic
        + "ΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧXϹCϳJΩWΓY" // Greek
        + "ՕOՍUՈNՀHՑGԶQՏSԼLՐP" // Armenian
        + "ᎠDᎡRᎢTᎥIᎪAᎫJᎬEᎳWᎷMᎻHᎽYᏀGᏃZᏎ4ᏙVᏚSᏞLᏟCᏢPᏦKᏒRᏴB" // Cherokee
        + "ᴀAʙBᴄCᴅDᴇEɢGʜHɪIᴊJᴋKʟLᴍMɴNᴏOᴘPʀRᴛTᴜUᴠVᴡWʏYᴢZⱭAꞬGıIɩIƖIꞫ3Ɛ3ƷZⱮM" // Latin
        + "’'‘'ʼ'`'‐-‑-‒-–-—-−-"; // punctuation

    private static readonly Dictionary<Rune, Rune> Looks = Read(Pairs);

    public static string Of(string name)
    {
        // Twice, since decomposing makes other characters of some that look like Latin ones.
        var seen = Looked(Looked(name).Normalize(NormalizationForm.FormKD));
        return string.Join(' ', seen.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Replace("rn", "m", StringComparison.Ordinal);
    }

    private static string Looked(string text)
    {
        var seen = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            var upper = Rune.ToUpperInvariant(rune);
            var look = Looks.GetValueOrDefault(upper, Looks.GetValueOrDefault(rune, upper));
            var isSpace = Rune.GetUnicodeCategory(look) == UnicodeCategory.SpaceSeparator;
            seen.Append(isSpace ? " " : Alike(Rune.ToLowerInvariant(look).ToString()));
        }
        return seen.ToString();
    }

    // What is one stroke or one circle in most fonts, in one of its cases.
    private static string Alike(string look) => look switch
    {
        "l" or "1" or "|" or "ı" => "i",
        "0" => "o",
        _ => look,
    };

    private static Dictionary<Rune, Rune> Read(string pairs)
    {
        var runes = pairs.EnumerateRunes().ToArray();
        return Enumerable.Range(0, runes.Length / 2).ToDictionary(n => runes[2 * n], n => runes[2 * n + 1]);
    }
}
