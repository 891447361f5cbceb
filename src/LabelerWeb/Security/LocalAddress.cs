namespace Labeler.Web.Security;

public static class LocalAddress
{
    /// <summary>The address if it is a path here, otherwise another: signing in must not lead to a stranger's site.</summary>
    public static string Or(string? address, string otherwise) =>
        address is ['/', ..] && !address.StartsWith("//", StringComparison.Ordinal) && !address.StartsWith("/\\", StringComparison.Ordinal)
            && !address.Any(char.IsControl)
            ? address
            : otherwise;
}
