using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Labeler.Browser.Tests;

[Collection(nameof(Browsing))]
public sealed class BackupTests(Browsing browsing)
{
    [Fact]
    public async Task An_admin_sees_the_backups_and_makes_one()
    {
        await using var admin = await (await browsing.Common).Admin();
        await admin.Go("/system");
        var rows = admin.Page.Locator(".card tbody tr");
        var before = await rows.CountAsync();
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Back up now" }).ClickAsync();
        await Expect(rows).ToHaveCountAsync(before + 1);
        await Expect(rows.First).ToContainTextAsync("asked for");
        await admin.Take("backups", fullPage: true);
        await admin.Page.SetViewportSizeAsync(390, 844);
        Assert.Equal(0, await admin.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth"));
        await admin.Go("/account");
        await admin.Take("account", fullPage: true);
    }
}
