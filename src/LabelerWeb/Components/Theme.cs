namespace Labeler.Web.Components;

/// <summary>Light, dark or as the device says. The switch writes a cookie, so that a page is drawn in the right colours from its first byte.</summary>
public static class Theme
{
    public const string Cookie = "theme";
    public const string System = "system";
    public static readonly string[] All = [System, "light", "dark"];

    public static string Of(HttpContext context) => context.Request.Cookies[Cookie] is { } theme && All.Contains(theme) ? theme : System;
}
