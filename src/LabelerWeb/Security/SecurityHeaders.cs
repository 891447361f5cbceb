using System.Security.Cryptography;

namespace Labeler.Web.Security;

/// <summary>The headers of every answer, and the nonce that an inline script of ours carries.</summary>
public static class SecurityHeaders
{
    private const string NonceKey = "csp-nonce";

    public static string CspNonce(this HttpContext context)
    {
        if (context.Items[NonceKey] is not string nonce)
        {
            context.Items[NonceKey] = nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        }
        return nonce;
    }

    public static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        // As the answer begins: what a failed request had set is cleared before the answer about the failure.
        context.Response.OnStarting(() =>
        {
            Set(context);
            return Task.CompletedTask;
        });
        return next(context);
    });

    private static void Set(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy(context.CspNonce());
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=(), usb=()";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
    }

    /// <remarks>
    /// Scripts: files of ours, and the inline import map by its nonce; never inline handlers.
    /// Styles: files of ours; style attributes are allowed, because MudBlazor positions and sizes by them and a value in an attribute can
    /// load
    /// nothing that img-src and font-src forbid.
    /// Images: also blob: and data:, for pictures that the browser itself made (previews, charts to save).
    /// </remarks>
    private static string ContentSecurityPolicy(string nonce) =>
        $"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; style-src-attr 'unsafe-inline'; " +
        "img-src 'self' blob: data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; " +
        "base-uri 'self'; form-action 'self'; frame-ancestors 'none'";
}
