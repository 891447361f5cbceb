using Microsoft.Extensions.Options;

namespace Labeler.Web.Hosting;

/// <summary>The address that links for other people begin with.</summary>
public static class AskedAddress
{
    private static readonly object Key = new();

    /// <summary>Believes the headers of trusted proxies from here on, but keeps what was asked for without them.</summary>
    public static IApplicationBuilder UseProxies(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        context.Items[Key] = $"{context.Request.Scheme}://{context.Request.Host}";
        return next(context);
    }).UseForwardedHeaders();

    /// <summary>
    /// Without a slash at its end. Where no public address is configured, that of the request itself: what a header forwards may be
    /// anybody's word, and an invitation or a link to a new password must not lead to another's server.
    /// </summary>
    public static string ForLinks(this HttpContext context) =>
        context.RequestServices.GetRequiredService<IOptions<WebOptions>>().Value.PublicAddress?.TrimEnd('/') ?? (string)context.Items[Key]!;
}
