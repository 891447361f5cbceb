namespace Labeler.Shared.ModelServers;

/// <summary>Addresses of other servers that people type.</summary>
public static class ServerAddress
{
    public const string Rule = "The address begins with http:// or https:// and names a host, without a user or a password in it.";

    public static bool IsOne(string text) => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
        && uri.Host.Length > 0 && uri.UserInfo.Length == 0;
}
