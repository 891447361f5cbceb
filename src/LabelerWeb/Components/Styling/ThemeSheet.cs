using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using MudBlazor;

namespace Labeler.Web.Components.Styling;

/// <summary>
/// MudBlazor's theme provider writes its variables into the page as an inline style, which our policy forbids and which needs a circuit to
/// change.
/// Here they are rendered once, for light and dark pages, and served as a file: a page is right from its first byte.
/// </summary>
public sealed partial class ThemeSheet(IServiceProvider services, ILoggerFactory logs, IWebHostEnvironment environment)
{
    private const string Address = "/css/mud-theme.css";

    // It changes with MudBlazor and with our tokens, so with the application.
    private static readonly string Version = typeof(ThemeSheet).Assembly.ManifestModule.ModuleVersionId.ToString("N")[..12];

    private readonly Lazy<Task<string>> _text = new(() => Render(services, logs, environment));

    public static string Link => $"{Address[1..]}?v={Version}";

    public Task<string> Text => _text.Value;

    public static void Map(IEndpointRouteBuilder app) => app.MapGet(Address, async (ThemeSheet sheet, HttpContext context) =>
    {
        var text = await sheet.Text;
        context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return Results.Text(text, "text/css");
    }).AllowAnonymous();

    private static async Task<string> Render(IServiceProvider services, ILoggerFactory logs, IWebHostEnvironment environment)
    {
        var theme = Themes.Of(await Tokens.Read(environment.WebRootFileProvider));
        await using var renderer = new HtmlRenderer(services, logs);
        var light = await Variables(renderer, theme, dark: false);
        var dark = await Variables(renderer, theme, dark: true);
        var differing = Lines(dark.Where(variable => light.GetValueOrDefault(variable.Key) != variable.Value));
        return $$"""
            :root {
            {{Lines(light)}}}
            :root[data-theme=dark] {
            {{differing}}}
            @media (prefers-color-scheme: dark) {
            :root[data-theme=system] {
            {{differing}}}
            }

            """;
    }

    private static string Lines(IEnumerable<KeyValuePair<string, string>> variables) =>
        string.Concat(variables.Select(variable => $"  {variable.Key}: {variable.Value};\n"));

    private static async Task<Dictionary<string, string>> Variables(HtmlRenderer renderer, MudTheme theme, bool dark)
    {
        var parameters = ParameterView.FromDictionary(new Dictionary<string, object?>
        {
            [nameof(MudThemeProvider.Theme)] = theme,
            [nameof(MudThemeProvider.IsDarkMode)] = dark,
            [nameof(MudThemeProvider.ObserveSystemDarkModeChange)] = false,
        });
        var html = await renderer.Dispatcher.InvokeAsync(async () =>
            (await renderer.RenderComponentAsync<MudThemeProvider>(parameters)).ToHtmlString());
        return Variable().Matches(WebUtility.HtmlDecode(html)).GroupBy(match => match.Groups[1].Value)
            .ToDictionary(same => same.Key, same => same.First().Groups[2].Value.Trim());
    }

    [GeneratedRegex(@"(--mud-[a-z0-9-]+)\s*:\s*([^;}]+)", RegexOptions.None, RegexTimeout.Milliseconds)]
    private static partial Regex Variable();
}
