namespace Labeler.Web.Security;

public static class LocalAddress
{
    /// <summary>
    /// The address if it is a path here, otherwise another: signing in must not lead to a stranger's site. It is ASCII, as a header must
    /// be; other letters are percent-encoded.
    /// </summary>
    public static string Or(string? address, string otherwise) =>
        address is ['/', ..] && !address.StartsWith("//", StringComparison.Ordinal) && !address.StartsWith("/\\", StringComparison.Ordinal)
            && !address.Any(char.IsControl)
            ? Ascii(address)
            : otherwise;

    /// <summary>Sends the browser to a path of this application: the one way in which endpoints redirect.</summary>
    public static IResult Redirect(string? address) => Results.LocalRedirect(Or(address, "/"));

    private static string Ascii(string address) => string.Concat(address.EnumerateRunes()
        .Select(rune => rune.Value is > ' ' and < '\x7f' ? rune.ToString() : Uri.EscapeDataString(rune.ToString())));
}
