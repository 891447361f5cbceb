using Labeler.Shared.Projects;
using Labeler.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Labeler.Browser.Tests;

/// <summary>People leave pages whenever they like, also while something on them is under way.</summary>
[Collection(nameof(OwnServer))]
public sealed class LeavingTests(Browsing browsing)
{
    [Fact]
    public async Task A_page_that_is_left_while_it_refreshes_leaves_no_error_in_the_log()
    {
        // The server gives an answer up after two seconds instead of a minute.
        await using var server = await LabelerServer.Start("Trainer:Start=false", "Circuits:JSInteropDefaultCallTimeout=00:00:02");
        await using var admin = await browsing.FirstAdmin(server);
        await using var seeded = await SeededProject.Create(server.Data, "Left", LabelingTask.FlagBatch, groups: 1, finish: false);
        await seeded.AddGroup(0);
        var page = admin.Page;
        await admin.Go("/p/left/epochs");
        // A browser that is asked to make the page anew, and does not answer before it goes.
        await page.EvaluateAsync("""
            () => {
              const never = () => { window.asked = true; return new Promise(() => {}); };
              window.refreshPage = never;
              Blazor._internal.navigationManager.refresh = never;
            }
            """);
        await seeded.Finish();
        await page.WaitForFunctionAsync("() => window.asked");
        await admin.Go("/account");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Profile" })).ToBeVisibleAsync();
        for (var until = DateTime.UtcNow.AddSeconds(6); DateTime.UtcNow < until && !server.Output.Contains("fail:", StringComparison.Ordinal);)
        {
            await Task.Delay(100);
        }
        Assert.DoesNotContain("fail:", server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_is_made_anew_when_its_epoch_goes_on()
    {
        await using var server = await LabelerServer.Start("Trainer:Start=false");
        await using var admin = await browsing.FirstAdmin(server);
        await using var seeded = await SeededProject.Create(server.Data, "Going on", LabelingTask.FlagBatch, groups: 1, finish: false);
        await seeded.AddGroup(0);
        await admin.Go("/p/going-on/epochs");
        await Expect(admin.Page.GetByRole(AriaRole.Button, new() { Name = "Cancel sampling" })).ToBeVisibleAsync();
        await seeded.Finish();
        await Expect(admin.Page.GetByRole(AriaRole.Button, new() { Name = "Cancel sampling" })).ToHaveCountAsync(0);
        await Expect(admin.Page.GetByText("Nothing to learn yet")).ToBeVisibleAsync();
    }
}
