using Labeler.Shared.Accounts;
using Labeler.Shared.Data;
using Microsoft.Playwright;

namespace Labeler.Bench.Support;

/// <summary>Chromium with somebody at it who was invited and has just made their account.</summary>
public sealed class InvitedPage : IAsyncDisposable
{
    private const string Password = "four random words here";
    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private InvitedPage(IPlaywright playwright, IBrowser browser, IPage page) => (_playwright, _browser, Page) = (playwright, browser, page);

    public IPage Page { get; }

    /// <param name="address">The server's.</param>
    /// <param name="timeout">How long the page waits for anything, in milliseconds.</param>
    public static async Task<InvitedPage> Open(string address, LabelerDb db, string role, string name, float timeout)
    {
        var token = Invitation.Write(db, role, null, "", DateTimeOffset.UtcNow);
        await db.SaveChangesAsync();
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Environment.GetEnvironmentVariable("CHROMIUM") ?? "/usr/bin/chromium", Args = ["--no-sandbox"] });
        var page = await browser.NewPageAsync(new() { BaseURL = address, ViewportSize = new() { Width = 1440, Height = 900 } });
        page.SetDefaultTimeout(timeout);
        await page.GotoAsync($"/invitation/{token}");
        await page.GetByLabel("Name").FillAsync(name);
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync(Password);
        await page.GetByLabel("Password again").FillAsync(Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the account" }).ClickAsync();
        await page.WaitForURLAsync(opened => !opened.Contains("/invitation/", StringComparison.Ordinal));
        return new(playwright, browser, page);
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
