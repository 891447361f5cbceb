using Labeler.Shared.Accounts;
using Microsoft.Playwright;

namespace Labeler.Bench.Labeling;

/// <summary>Chromium on the labeling page: from the press of Enter until the next group is on the screen.</summary>
public static class Browsing
{
    // A quick person's pause between flagging a picture and confirming the group; what comes sooner after an answer is not taken for one.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(350);

    public static async Task<IReadOnlyList<double>> Measure(BenchmarkServer house, int presses)
    {
        await using var db = await house.Seeded.Open();
        var token = Invitation.Write(db, Role.Annotator, null, "", DateTimeOffset.UtcNow);
        await db.SaveChangesAsync();
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Environment.GetEnvironmentVariable("CHROMIUM") ?? "/usr/bin/chromium", Args = ["--no-sandbox"] });
        var page = await browser.NewPageAsync(new() { BaseURL = house.Server.Address, ViewportSize = new() { Width = 1440, Height = 900 } });
        page.SetDefaultTimeout(60_000);
        await page.GotoAsync($"/invitation/{token}");
        await page.GetByLabel("Name").FillAsync("Browser");
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync("four random words here");
        await page.GetByLabel("Password again").FillAsync("four random words here");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the account" }).ClickAsync();
        await page.WaitForURLAsync(address => !address.Contains("/invitation/", StringComparison.Ordinal));
        await page.GotoAsync($"/p/{house.Seeded.Project.Slug}/label");
        for (var press = 0; press < presses; press++)
        {
            await page.WaitForFunctionAsync("() => document.querySelectorAll('[data-stage] .frame.seen').length === 7");
            await page.Keyboard.PressAsync($"{press % 7 + 1}");
            await Task.Delay(Pause);
            await page.Keyboard.PressAsync("Enter");
            await page.WaitForFunctionAsync("count => performance.getEntriesByName('key-to-next').length > count", press);
        }
        return await page.EvaluateAsync<double[]>("performance.getEntriesByName('key-to-next').map(entry => entry.duration)");
    }
}
