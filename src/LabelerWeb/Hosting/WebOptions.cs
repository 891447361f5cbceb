using System.ComponentModel.DataAnnotations;

namespace Labeler.Web.Hosting;

/// <summary>The section <c>Web</c> of appsettings.json.</summary>
public sealed class WebOptions
{
    public const string Section = "Web";

    /// <summary>Address under which people reach the application, for links in invitations. When it is empty, links begin with what
    /// the request itself asked for, whatever a proxy forwards: set it behind one.</summary>
    [Url]
    public string? PublicAddress { get; set; }
    public bool IsHttps => PublicAddress?.StartsWith("https:", StringComparison.OrdinalIgnoreCase) ?? false;

    /// <summary>Reverse proxies whose X-Forwarded-For, -Proto and -Host headers are believed, by their addresses or networks; when empty,
    /// one on this machine.</summary>
    public string[] TrustedProxies { get; set; } = [];

    /// <summary>Attempts to sign in that one network address may make in a minute.</summary>
    [Range(1, 10_000)]
    public int SignInsPerMinute { get; set; } = 30;

    /// <summary>Requests that one access token may make in a minute.</summary>
    [Range(1, 1_000_000)]
    public int ApiRequestsPerMinute { get; set; } = 600;

    /// <summary>Bytes of an ordinary request's body; uploads state their own limit.</summary>
    [Range(16 * 1024, 64 * 1024 * 1024)]
    public long MaxRequestBytes { get; set; } = 1024 * 1024;

    /// <summary>Seconds between SIGTERM and the end, in which a proxy finds the other servers; 0 where there are none.</summary>
    [Range(0, 600)]
    public int DrainSeconds { get; set; }
    public bool DemoProjects { get; set; } = true;
}
