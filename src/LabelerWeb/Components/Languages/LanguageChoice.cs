using System.Security.Claims;
using Microsoft.AspNetCore.Localization;

namespace Labeler.Web.Components.Languages;

/// <summary>In which language a request is answered.</summary>
public static class LanguageChoice
{
    public static IServiceCollection AddLanguages(this IServiceCollection services)
    {
        services.AddLocalization().AddSingleton<IStringLocalizer<Texts>, KnownTexts>().AddTransient<MudBlazor.MudLocalizer, MudTexts>();
        services.Configure<RequestLocalizationOptions>(options =>
        {
            options.DefaultRequestCulture = new(Language.All[0].Culture);
            options.SupportedCultures = options.SupportedUICultures = [.. Language.All.Select(one => one.Culture)];
            options.RequestCultureProviders =
            [
                new CustomRequestCultureProvider(context => Chosen(context.User.FindFirstValue(Language.Claim))),
                new CookieRequestCultureProvider(),
                new CustomRequestCultureProvider(context => Chosen(Wanted(context))),
            ];
        });
        return services;
    }

    private static Task<ProviderCultureResult?> Chosen(string? name) =>
        Task.FromResult(Language.Find(name) is { } language ? new ProviderCultureResult(language.Name) : null);

    // By hand, because without ICU no culture knows that zh-CN is written in Simplified Chinese.
    private static string? Wanted(HttpContext context) =>
        context.Request.GetTypedHeaders().AcceptLanguage.OrderByDescending(one => one.Quality ?? 1).Select(one => one.Value.Value switch
        {
            { } tag when tag.StartsWith("en", StringComparison.OrdinalIgnoreCase) => "en",
            { } tag when IsSimplified(tag) => "zh-Hans",
            _ => null,
        }).FirstOrDefault(name => name is not null);

    private static bool IsSimplified(string tag) => tag.StartsWith("zh", StringComparison.OrdinalIgnoreCase)
        && !Array.Exists(["Hant", "TW", "HK", "MO"], part => tag.Contains($"-{part}", StringComparison.OrdinalIgnoreCase));
}
