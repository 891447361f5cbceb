using Labeler.Browser.Tests.Labeling;
using Labeler.Shared.Projects;
using Labeler.Tests.Support;
using Microsoft.Playwright;

namespace Labeler.Browser.Tests;

[Collection(nameof(Browsing))]
public sealed class PaletteTests(Browsing browsing)
{
    [Fact]
    public async Task By_keys_alone_one_goes_to_a_project_s_page()
    {
        var common = await browsing.Common;
        await using var seeded = await SeededProject.Create(common.Server.Data, "Zebra stripes", LabelingTask.FlagBatch, groups: 1);
        await using var admin = await common.Admin();
        var page = admin.Page;
        await admin.Go("/account");
        await page.Keyboard.PressAsync("Control+k");
        var palette = page.Locator("#palette");
        var field = palette.GetByRole(AriaRole.Combobox, new() { Name = "Go to" });
        await Assertions.Expect(field).ToBeFocusedAsync();
        // Before anything is typed, it shows where one can go.
        await Assertions.Expect(palette.GetByRole(AriaRole.Option, new() { Name = "System" })).ToBeVisibleAsync();
        await page.Keyboard.TypeAsync("zebra");
        var options = palette.GetByRole(AriaRole.Option);
        await Assertions.Expect(options).ToHaveCountAsync(1);
        await admin.Take("palette");
        await Assertions.Expect(field).ToHaveAttributeAsync("aria-expanded", "true");
        await page.Keyboard.TypeAsync(" e");
        await Assertions.Expect(options.First).ToContainTextAsync("Zebra stripes, epochs");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**/p/zebra-stripes/epochs");
        await Assertions.Expect(palette).ToBeHiddenAsync();

        // Again on the page that it led to; Enter right after typing means the first answer, and arrows go round.
        await page.Keyboard.PressAsync("Control+k");
        await page.Keyboard.TypeAsync("zebra 1");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**/p/zebra-stripes/gallery?epoch=1");
        // While a page arrives the palette is asked for anew.
        await Assertions.Expect(page.Locator("select[name=show]")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Control+k");
        await Assertions.Expect(options.Nth(2)).ToBeVisibleAsync();
        await Chosen(0);
        await page.Keyboard.PressAsync("ArrowDown");
        await Chosen(1);
        await page.Keyboard.PressAsync("ArrowUp");
        await page.Keyboard.PressAsync("ArrowUp");
        await Chosen(await options.CountAsync() - 1);
        await page.Keyboard.TypeAsync("no such place");
        await Assertions.Expect(page.GetByText("Nothing has that name.")).ToBeVisibleAsync();
        await Assertions.Expect(field).ToHaveAttributeAsync("aria-expanded", "false");
        await admin.Take("palette-empty");
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(palette).ToBeHiddenAsync();

        async Task Chosen(int number)
        {
            var option = options.Nth(number);
            await Assertions.Expect(option).ToHaveAttributeAsync("aria-selected", "true");
            await Assertions.Expect(field).ToHaveAttributeAsync("aria-activedescendant", (await option.GetAttributeAsync("id"))!);
            await Assertions.Expect(page.Locator("#palette [aria-selected=true]")).ToHaveCountAsync(1);
        }
    }

    [Fact]
    public async Task A_page_that_arrives_after_Enter_does_not_swallow_it()
    {
        var common = await browsing.Common;
        await using var seeded = await SeededProject.Create(common.Server.Data, "Quagga stripes", LabelingTask.FlagBatch, groups: 1);
        await using var admin = await common.Admin();
        var page = admin.Page;
        await admin.Go("/account");
        TaskCompletionSource asked = new(), answered = new();
        var questions = 0;
        await page.RouteAsync("**/api/places?q=quagga%201", async route =>
        {
            // The first question never gets its answer: the page that arrives asks anew.
            if (Interlocked.Increment(ref questions) == 1)
            {
                asked.SetResult();
                await answered.Task;
                return;
            }
            await route.ContinueAsync();
        });
        await page.RouteAsync("**/p/quagga-stripes/epochs", async route =>
        {
            await asked.Task;
            await page.Keyboard.PressAsync("Enter");
            await route.ContinueAsync();
        });
        await page.Keyboard.PressAsync("Control+k");
        await page.Keyboard.TypeAsync("quagga e");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#palette")).ToBeHiddenAsync();
        await page.Keyboard.PressAsync("Control+k");
        await page.Keyboard.TypeAsync("quagga 1");
        await page.WaitForURLAsync("**/p/quagga-stripes/gallery?epoch=1");
        answered.SetResult();
    }

    [Fact]
    public async Task On_a_phone_a_button_opens_it_and_a_server_that_cannot_answer_is_told_of()
    {
        await using var annotator = await (await browsing.Common).Annotator(new() { ViewportSize = new() { Width = 390, Height = 844 } });
        annotator.Expect("ERR_FAILED");
        annotator.Expect("503");
        var page = annotator.Page;
        await annotator.Go("/account");
        await page.RouteAsync("**/api/places*", route => route.FulfillAsync(new() { Status = 503, Body = "" }));
        await page.Locator("[data-palette]").ClickAsync();
        await Assertions.Expect(page.GetByText("The server cannot look now.")).ToBeVisibleAsync();
        await page.UnrouteAsync("**/api/places*");
        await page.RouteAsync("**/api/places*", route => route.AbortAsync());
        await page.Keyboard.TypeAsync("x");
        await Assertions.Expect(page.GetByText("There is no connection to the server.")).ToBeVisibleAsync();
        await page.UnrouteAsync("**/api/places*");
        await page.Keyboard.PressAsync("Backspace");
        await page.Locator("#palette").GetByRole(AriaRole.Option, new() { Name = "Profile and keys" }).ClickAsync();
        await page.WaitForURLAsync("**/account");
        await Assertions.Expect(page.Locator("#palette")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task On_the_labeling_page_it_takes_no_key_but_its_own_and_labeling_none_of_what_is_typed_in_it()
    {
        var common = await browsing.Common;
        await using var seeded = await SeededProject.Create(common.Server.Data, "Yak wool", LabelingTask.FlagBatch, groups: 2);
        await using var annotator = await common.Annotator();
        var page = annotator.Page;
        await annotator.Go("/p/yak-wool/label");
        await new LabelingScreen(annotator, seeded).Ready();
        await page.Keyboard.PressAsync("Control+k");
        await page.Keyboard.TypeAsync("123 f u");
        await page.Keyboard.PressAsync("Space");
        await Assertions.Expect(page.GetByText("Nothing has that name.")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page.Locator("#palette")).ToBeHiddenAsync();
        Assert.Equal(0, await page.Locator("[data-tile][aria-pressed=true]").CountAsync());
        await page.Keyboard.PressAsync("1");
        await Assertions.Expect(page.Locator("[data-tile][aria-pressed=true]")).ToHaveCountAsync(1);
        Assert.Equal(0, await seeded.Stored());
    }
}
