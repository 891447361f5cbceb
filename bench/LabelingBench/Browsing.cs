using Labeler.Bench.Support;
using Labeler.Shared.Accounts;

namespace Labeler.Bench.Labeling;

/// <summary>Chromium on the labeling page: from the press of Enter until the next group is on the screen.</summary>
public static class Browsing
{
    // A quick person's pause between flagging a picture and confirming the group; what comes sooner after an answer is not taken for one.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(350);

    public static async Task<IReadOnlyList<double>> Measure(BenchmarkServer house, int presses)
    {
        await using var db = await house.Seeded.Open();
        await using var browser = await InvitedPage.Open(house.Server.Address, db, Role.Annotator, "Browser", 60_000);
        var page = browser.Page;
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
