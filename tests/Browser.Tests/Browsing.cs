using Microsoft.Playwright;

namespace Labeler.Browser.Tests;

/// <summary>One Chromium for all tests of a collection; every visitor has a context of their own in it.</summary>
public sealed class Browsing : IAsyncLifetime
{
    private readonly Lazy<Task<CommonServer>> _common;
    private readonly Lazy<Task<FilledSite>> _filled;
    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;

    public Browsing() => (_common, _filled) = (new(() => CommonServer.Start(this)), new(() => FilledSite.Start(this)));

    /// <summary>A window on a screen. A new one every time, since what is made of it is changed.</summary>
    public static BrowserNewContextOptions Wide => new() { ViewportSize = new() { Width = 1440, Height = 900 } };

    /// <summary>The server that tests have in common, started for the first that asks.</summary>
    public Task<CommonServer> Common => _common.Value;

    /// <summary>The server with something on every page, started for the first that asks.</summary>
    public Task<FilledSite> Filled => _filled.Value;

    public async Task InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Environment.GetEnvironmentVariable("CHROMIUM") ?? "/usr/bin/chromium",
            Args = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
        });
    }

    /// <summary>Somebody with a fresh browser profile, looking at the server.</summary>
    public Task<Visitor> Visit(LabelerServer server, BrowserNewContextOptions? options = null) => Visit(server.Address, options);

    /// <summary>The same, by another of its addresses.</summary>
    public async Task<Visitor> Visit(string address, BrowserNewContextOptions? options = null)
    {
        options ??= Wide;
        options.BaseURL = address;
        return await Visitor.Enter(await _browser.NewContextAsync(options), new(address));
    }

    public async Task DisposeAsync()
    {
        if (_common.IsValueCreated)
        {
            await (await _common.Value).DisposeAsync();
        }
        if (_filled.IsValueCreated)
        {
            await (await _filled.Value).DisposeAsync();
        }
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}

/// <summary>Tests in the common server run one after the other, beside those that have a server of their own: each of the two has a
/// browser, and while one waits the other goes on.</summary>
[CollectionDefinition(nameof(Browsing))]
public sealed class BrowsingCollection : ICollectionFixture<Browsing>;
