using System.Globalization;
using Microsoft.AspNetCore.Localization;

namespace Labeler.Web.Components.Languages;

/// <summary>
/// A language of the pages. A person's own is a claim of their account; without one the framework's cookie of this browser decides, then
/// what the browser asks for.
/// </summary>
/// <param name="Name">As in the lang attribute.</param>
/// <param name="Own">What it calls itself.</param>
public sealed record Language(string Name, string Own)
{
    public const string Claim = "language";

    public static readonly IReadOnlyList<Language> All = [new("en", "English"), new("zh-Hans", "简体中文")];

    /// <summary>That in which this request is answered.</summary>
    public static Language Present => All.FirstOrDefault(one => one.Name == CultureInfo.CurrentUICulture.Name) ?? All[0];

    /// <summary>Without ICU a culture spells its name in capitals of its own, by which no text would be found.</summary>
    public CultureInfo Culture { get; } = new Named(Name);

    /// <summary>Null where there is none of that name.</summary>
    public static Language? Find(string? name) => All.FirstOrDefault(one => one.Name == name);

    /// <summary>Kept in this browser, for pages before signing in and for accounts that chose none.</summary>
    public void Write(HttpContext context) => context.Response.Cookies.Append(
        CookieRequestCultureProvider.DefaultCookieName, CookieRequestCultureProvider.MakeCookieValue(new(Name)), new CookieOptions
        {
            MaxAge = TimeSpan.FromDays(365),
            SameSite = SameSiteMode.Lax,
            HttpOnly = true,
            IsEssential = true,
        });

    private sealed class Named(string name) : CultureInfo(name)
    {
        public override string Name { get; } = name;
    }
}
