namespace Labeler.Web.Security;

public static class LocalAddress
{
    /// <summary>The address if it is a path of this application, otherwise another: a link must not lead to a stranger's site after signing in.</summary>
    public static string Or(string? address, string otherwise) =>
        address is ['/', ..] && !address.StartsWith("//", StringComparison.Ordinal) && !address.StartsWith("/\\", StringComparison.Ordinal) && !address.Any(char.IsControl)
            ? address
            : otherwise;
}
