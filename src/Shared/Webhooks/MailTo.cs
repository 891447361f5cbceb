using System.Text.RegularExpressions;

namespace Labeler.Shared.Webhooks;

/// <summary>Addresses of the form <c>mailto:somebody@example.org</c>, with nothing else in them.</summary>
public static partial class MailTo
{
    public const string Scheme = "mailto:";

    // RFC 5321, 4.5.3.1.
    private const int LongestLocal = 64;
    public const int LongestMailbox = 254;

    private const string Letters = "[A-Za-z0-9!#$&'*+/=^_`{|}~-]+";
    private const string Label = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?";

    /// <summary>The mailbox; null where the address is none of mail or cannot be used. No header fits into what is returned.</summary>
    public static string? Mailbox(string address)
    {
        if (!address.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }
        var mailbox = address[Scheme.Length..];
        return IsMailbox(mailbox) ? mailbox : null;
    }

    /// <summary>One plain address of ASCII letters: no name, no list, no quotes, no comment.</summary>
    public static bool IsMailbox(string text) => text.Length <= LongestMailbox && text.IndexOf('@') is > 0 and <= LongestLocal
        && Plain().IsMatch(text);

    [GeneratedRegex($@"\A{Letters}(\.{Letters})*@({Label}\.)*{Label}\z", RegexOptions.CultureInvariant, RegexTimeout.Milliseconds)]
    private static partial Regex Plain();
}
