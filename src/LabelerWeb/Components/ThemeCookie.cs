namespace Labeler.Web.Components;

/// <summary>Light, dark or as the device says, in a cookie: so a page is drawn in the right colors from its first byte, before anybody signs in too.</summary>
public static class ThemeCookie
{
    private const string Name = "theme";

    /// <summary>The value of data-theme: system, light or dark.</summary>
    public static string Of(HttpContext context) => Text(Enum.TryParse<Theme>(context.Request.Cookies[Name], ignoreCase: true, out var theme) && Enum.IsDefined(theme) ? theme : Theme.System);

    public static void Write(HttpContext context, Theme theme) => context.Response.Cookies.Append(Name, Text(theme), new CookieOptions
    {
        MaxAge = TimeSpan.FromDays(365),
        SameSite = SameSiteMode.Lax,
        Secure = context.Request.IsHttps,
        IsEssential = true,
    });

    private static string Text(Theme theme) => theme.ToString().ToLowerInvariant();
}
