using System.Text;
using System.Text.RegularExpressions;
using Labeler.Shared;

namespace Labeler.TrainingEngine.Models.Tokenizer;

/// <summary>Undoes UTF-8 that was once read as Windows-1252 or Latin-1: "cafÃ©" is "café".</summary>
internal static partial class Mojibake
{
    /// <summary>Windows-1252 for the bytes 80 to 9F; its five holes keep their control character.</summary>
    private const string High =
        "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008DŽ\u008F\u0090‘’“”•–—˜™š›œ\u009DžŸ";

    // In honest text these often follow an accented letter: "Ä“", "é…»".
    private const string Typography = "‘’‚“”„–—…«»¡¿·•\u00A0";

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The character that Windows-1252 has for a byte of 80 to 9F.</summary>
    public static char Windows1252(byte value) => High[value - 0x80];

    /// <summary>
    /// Replaces each run of characters whose bytes are well-formed UTF-8 of more than one byte each, until none is left,
    /// then reads stray C1 controls as Windows-1252.
    /// </summary>
    public static string Repair(string text)
    {
        for (string before = ""; before != text;)
        {
            (before, text) = (text, Once(LostSpace().Replace(text, RestoreSpace)));
        }

        return string.Create(text.Length, text, (letters, source) =>
        {
            for (int at = 0; at < letters.Length; at++)
            {
                letters[at] = source[at] is >= '\u0080' and <= '\u009F' ? Windows1252((byte)source[at]) : source[at];
            }
        });
    }

    /// <summary>
    /// The second byte of "à" and of the no-break space is a no-break space in Windows-1252, which much software turns
    /// into a plain one. The word "à" keeps a space behind it, except where two stood there or a Portuguese word goes on.
    /// </summary>
    private static string RestoreSpace(Match match) => match.Value[0] switch
    {
        'Â' => "\u00A0",
        _ => match.Groups["on"].Success ? "à" : "à ",
    };

    [GeneratedRegex(@"(?<=^|[a-z]\s?)(?:Â|Ã) (?<on>(?= |quele|quela|quilo|s ))?", RegexOptions.CultureInvariant, RegexTimeout.Milliseconds)]
    private static partial Regex LostSpace();

    private static string Once(string text)
    {
        StringBuilder? repaired = null;
        int at = 0;
        while (at < text.Length)
        {
            (string? letter, int length) = Sequence(text, at);
            if (letter is not null)
            {
                repaired ??= new StringBuilder(text, 0, at, text.Length);
            }

            _ = letter is not null ? repaired!.Append(letter) : repaired?.Append(text[at]);
            at += length;
        }

        return repaired?.ToString() ?? text;
    }

    /// <summary>The character that the sequence at an index stands for, and how many characters it took.</summary>
    private static (string? Letter, int Length) Sequence(string text, int at)
    {
        int length = ByteOf(text[at]) switch
        {
            >= 0xC2 and <= 0xDF => 2,
            >= 0xE0 and <= 0xEF => 3,
            >= 0xF0 and <= 0xF4 => 4,
            _ => 1,
        };
        if (length == 1 || at + length > text.Length)
        {
            return (null, 1);
        }

        if (text[at] is not ('Â' or 'Ã' or 'â') && text.AsSpan(at + 1, length - 1).IndexOfAnyExcept(Typography) < 0)
        {
            return (null, 1);
        }

        var bytes = new byte[length];
        for (int index = 0; index < length; index++)
        {
            int value = ByteOf(text[at + index]);
            if (value < 0x80)
            {
                return (null, 1);
            }

            bytes[index] = (byte)value;
        }

        try
        {
            return (Strict.GetString(bytes), length);
        }
        catch (DecoderFallbackException)
        {
            return (null, 1);
        }
    }

    private static int ByteOf(char letter) => letter switch
    {
        <= 'ÿ' => letter,
        _ => High.IndexOf(letter, StringComparison.Ordinal) is >= 0 and var index ? 0x80 + index : -1,
    };
}
