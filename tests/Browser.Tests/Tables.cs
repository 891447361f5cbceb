using Microsoft.Playwright;

namespace Labeler.Browser.Tests;

/// <summary>What somebody does with a table of many rows.</summary>
public static class Tables
{
    public static async Task Filter(this IPage page, string column, string text)
    {
        var header = page.Header(column);
        await header.HoverAsync();
        await header.Locator(".filter-button").ClickAsync();
        await page.Locator(".mud-popover-open input[type=text]:not([readonly])").FillAsync(text);
        await page.Locator(".mud-popover-open").GetByRole(AriaRole.Button, new() { Name = "Filter" }).ClickAsync();
    }

    /// <summary>Lowest first; pressed again, highest first.</summary>
    public static Task Sort(this IPage page, string column) => page.Header(column).Locator(".sortable-column-header").ClickAsync();

    /// <summary>The file that the table makes of itself, without its empty lines.</summary>
    public static async Task<(string Name, string[] Lines)> SavedTable(this IPage page)
    {
        var file = await page.RunAndWaitForDownloadAsync(
            () => page.Locator(".data-table").GetByRole(AriaRole.Button, new() { Name = "CSV" }).ClickAsync());
        return (file.SuggestedFilename, [.. (await File.ReadAllLinesAsync(await file.PathAsync())).Where(line => line.Length > 0)]);
    }

    private static ILocator Header(this IPage page, string column) => page.Locator(".data-table th").Filter(new() { HasText = column }).First;
}
