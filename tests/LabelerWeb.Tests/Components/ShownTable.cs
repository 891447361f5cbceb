using AngleSharp.Dom;
using Bunit;
using Microsoft.AspNetCore.Components;

namespace Labeler.Web.Tests.Components;

/// <summary>A table of many rows that somebody has before them, and what they do with it.</summary>
public sealed class ShownTable(IRenderedComponent<IComponent> shown)
{
    /// <summary>The text of every cell that is shown, row by row.</summary>
    public IReadOnlyList<string[]> Rows =>
        [.. shown.FindAll(".data-table tbody tr").Select(row => row.QuerySelectorAll("td").Select(cell => cell.TextContent.Trim()).ToArray()).Where(row => row.Length > 1)];

    public string Total => shown.Find(".data-table [data-total]").TextContent;

    /// <summary>The first cells that are shown come to be these.</summary>
    public Task First(params string[] cells) => OpenPage.Until(() => Rows.Select(row => row[0]).Take(cells.Length).SequenceEqual(cells), () => string.Join(", ", Rows.Select(row => row[0])));

    public Task Counts(int rows, string total) => OpenPage.Until(() => Rows.Count == rows && Total == total, () => $"{Rows.Count} of {Total}");

    public Task Sort(string column) => Header(column).QuerySelector(".sortable-column-header")!.ClickAsync(new());

    public async Task Filter(string column, string text)
    {
        await Header(column).QuerySelector(".filter-button")!.ClickAsync(new());
        shown.WaitForElement(".mud-popover-open input:not([readonly])").Input(text);
        await shown.FindAll(".mud-popover-open button").First(button => button.TextContent.Trim() == "Filter").ClickAsync(new());
    }

    /// <summary>Chooses in the list that stands beside the title.</summary>
    public Task Choose(string value) => shown.Find(".data-table select.since").ChangeAsync(new() { Value = value });

    /// <summary>Types into the field that stands beside the title.</summary>
    public Task Search(string text) => shown.Find(".data-table input.since").ChangeAsync(new() { Value = text });

    public Task Next() => shown.Find("button[aria-label='Next page']").ClickAsync(new());

    private IElement Header(string column) => shown.FindAll(".data-table th").First(header => header.TextContent.Contains(column, StringComparison.Ordinal));
}
