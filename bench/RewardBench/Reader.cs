using Labeler.Browser.Tests;
using Labeler.Shared.Accounts;
using Labeler.Tests.Support;
using Microsoft.Playwright;

namespace Labeler.Bench.Rewards;

/// <summary>A lead at a browser, who takes pages and their tables along.</summary>
public sealed class Reader : IAsyncDisposable
{
    private const string Password = "four random words here";
    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;
    private readonly IPage _page;

    private Reader(IPlaywright playwright, IBrowser browser, IPage page) => (_playwright, _browser, _page) = (playwright, browser, page);

    public static async Task<Reader> Open(LabelerServer server, OpenedData data)
    {
        await using var db = await data.Open();
        var token = Invitation.Write(db, Role.Admin, null, "", DateTimeOffset.UtcNow);
        await db.SaveChangesAsync();
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Environment.GetEnvironmentVariable("CHROMIUM") ?? "/usr/bin/chromium", Args = ["--no-sandbox"] });
        var page = await browser.NewPageAsync(new() { BaseURL = server.Address, ViewportSize = new() { Width = 1440, Height = 900 } });
        page.SetDefaultTimeout(180_000);
        await page.GotoAsync($"/invitation/{token}");
        await page.GetByLabel("Name").FillAsync("Reader");
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync(Password);
        await page.GetByLabel("Password again").FillAsync(Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the account" }).ClickAsync();
        await page.WaitForURLAsync(address => !address.Contains("/invitation/", StringComparison.Ordinal));
        return new(playwright, browser, page);
    }

    public async Task<string> Text(string address)
    {
        var answer = await _page.APIRequest.GetAsync(address);
        return answer.Ok ? await answer.TextAsync() : throw new InvalidOperationException($"{address} answered {answer.Status}.");
    }

    public async Task Picture(string address, string file)
    {
        await _page.GotoAsync(address, new() { WaitUntil = WaitUntilState.NetworkIdle });
        await _page.ScreenshotAsync(new() { Path = file, FullPage = true });
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
