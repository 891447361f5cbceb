namespace Labeler.Web.Components;

/// <summary>The theme in a cookie, so that a page has the right colors from its first byte, also before anybody signs in.</summary>
public static class ThemeCookie
{
    private const string Name = "theme";

    /// <summary>The value of data-theme: system, light or dark.</summary>
    public static string Of(HttpContext context) =>
        Text(Enum.TryParse<Theme>(context.Request.Cookies[Name], true, out var theme) && Enum.IsDefined(theme) ? theme : Theme.System);

    public static void Write(HttpContext context, Theme theme) => context.Response.Cookies.Append(Name, Text(theme), new CookieOptions
    {
        MaxAge = TimeSpan.FromDays(365),
        SameSite = SameSiteMode.Lax,
        IsEssential = true,
    });

    private static string Text(Theme theme) => theme.ToString().ToLowerInvariant();
}
