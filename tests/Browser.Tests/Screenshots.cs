using Microsoft.Playwright;

namespace Labeler.Browser.Tests;

/// <summary>Pictures of a page as it is now, wide and phone, light and dark, under artifacts/screenshots, for people to look at. No test
/// looks at them, so they are taken where LABELER_SCREENSHOTS=1 asks for them.</summary>
public static class Screenshots
{
    public static readonly string Folder = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "screenshots"));

    /// <summary>Whether they are taken.</summary>
    public static bool Wanted => Environment.GetEnvironmentVariable("LABELER_SCREENSHOTS") == "1";

    /// <summary>Leaves NAME-wide-light.png and its three siblings. The page is not loaded again, so its state stays.</summary>
    public static async Task Take(this Visitor visitor, string name, bool fullPage = false)
    {
        if (!Wanted)
        {
            return;
        }
        Directory.CreateDirectory(Folder);
        var page = visitor.Page;
        var before = page.ViewportSize!;
        foreach (var (size, width, height) in new[] { ("wide", 1440, 900), ("phone", 390, 844) })
        {
            await page.SetViewportSizeAsync(width, height);
            foreach (var (mode, scheme) in new[] { ("light", ColorScheme.Light), ("dark", ColorScheme.Dark) })
            {
                await page.EmulateMediaAsync(new() { ColorScheme = scheme });
                await page.EvaluateAsync("document.fonts.ready.then(() => { })");
                await page.ScreenshotAsync(new() { Path = Path.Combine(Folder, $"{name}-{size}-{mode}.png"), FullPage = fullPage, Animations = ScreenshotAnimations.Disabled });
            }
        }
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        await page.SetViewportSizeAsync(before.Width, before.Height);
    }
}
