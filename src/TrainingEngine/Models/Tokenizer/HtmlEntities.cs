using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Labeler.Shared;

namespace Labeler.TrainingEngine.Models.Tokenizer;

/// <summary>Character references that end in a semicolon, by name, by number and by shouted name (&amp;EACUTE;).</summary>
internal static partial class HtmlEntities
{
    public static string Unescape(string text) =>
        text.Contains('&', StringComparison.Ordinal) ? Reference().Replace(text, match => Decode(match.Value)) : text;

    private static string Decode(string reference)
    {
        if (reference[1] == '#')
        {
            return Number(reference[2..^1]) ?? reference;
        }

        string named = WebUtility.HtmlDecode(reference);
        string name = reference[1..^1];
        if (named != reference || name != name.ToUpperInvariant())
        {
            return named;
        }

        string lower = reference.ToLowerInvariant();
        string decoded = WebUtility.HtmlDecode(lower);
        return decoded == lower ? reference : decoded == "ß" ? "SS" : decoded.ToUpperInvariant();
    }

    /// <summary>As HTML 5 reads numbers: 80 to 9F mean Windows-1252, what is no character becomes U+FFFD.</summary>
    private static string? Number(string digits)
    {
        bool hexadecimal = digits.Length > 1 && digits[0] is 'x' or 'X';
        if (!(hexadecimal
            ? ulong.TryParse(digits.AsSpan(1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong code)
            : ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out code)))
        {
            return null;
        }

        return code switch
        {
            >= 0x80 and <= 0x9F => Mojibake.Windows1252((byte)code).ToString(),
            0 or > 0x10FFFF or (>= 0xD800 and <= 0xDFFF) => "\uFFFD",
            _ => new Rune((uint)code).ToString(),
        };
    }

    [GeneratedRegex("&#?[0-9A-Za-z]{1,24};", RegexOptions.CultureInvariant, RegexTimeout.Milliseconds)]
    private static partial Regex Reference();
}
