using Microsoft.Playwright;
using Xunit;

namespace Labeler.Browser.Tests;

/// <summary>One Chromium for all browser tests; every visitor has a context of their own in it.</summary>
public sealed class Browsing : IAsyncLifetime
{
    private IPlaywright playwright = null!;
    private IBrowser browser = null!;

    public async Task InitializeAsync()
    {
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Environment.GetEnvironmentVariable("CHROMIUM") ?? "/usr/bin/chromium",
            Args = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
        });
    }

    /// <summary>Somebody with a fresh browser profile, looking at the server.</summary>
    public async Task<Visitor> Visit(LabelerServer server, BrowserNewContextOptions? options = null)
    {
        options ??= new() { ViewportSize = new() { Width = 1440, Height = 900 } };
        options.BaseURL = server.Address;
        return await Visitor.Enter(await browser.NewContextAsync(options));
    }

    public async Task DisposeAsync()
    {
        await browser.DisposeAsync();
        playwright.Dispose();
    }
}

/// <summary>Browser tests run one after the other: two cores hold one server, one trainer and one browser at a time.</summary>
[CollectionDefinition(nameof(Browsing), DisableParallelization = true)]
public sealed class BrowsingCollection : ICollectionFixture<Browsing>;
