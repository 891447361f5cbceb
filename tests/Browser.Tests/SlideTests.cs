using Labeler.Browser.Tests.Labeling;
using Labeler.Shared.Samples;
using Labeler.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Labeler.Browser.Tests;

[Collection(nameof(Browsing))]
public sealed class SlideTests(LabelingFixture fixture) : IClassFixture<LabelingFixture>
{
    [Fact]
    public async Task A_slider_shows_more_of_the_picture_before_or_after_of_one_pair_or_of_all()
    {
        var seeded = await fixture.Seed("Slid", groups: 1, finish: false);
        await Sample(seeded, 0);
        await seeded.Vote(await seeded.Somebody(), 1);
        await seeded.Learn();
        await Sample(seeded, 1);
        await using var admin = await fixture.Admin();
        var page = admin.Page;
        await admin.Go("/p/slid/gallery/before-after");
        var after = page.Locator(".comparison img.after");
        await Expect(after).ToHaveCountAsync(7);
        var one = page.GetByLabel("How much of the picture before").First;
        await one.FocusAsync();
        await page.Keyboard.PressAsync("End");
        await Expect(after.First).ToHaveCSSAsync("clip-path", "inset(0px 0px 0px 100%)");
        await Expect(after.Last).ToHaveCSSAsync("clip-path", "inset(0px 0px 0px 50%)");
        await admin.Take("before-after", fullPage: true);
        await page.GetByLabel("All at once").FocusAsync();
        await page.Keyboard.PressAsync("Home");
        await Expect(after.First).ToHaveCSSAsync("clip-path", "inset(0px 0px 0px 0%)");
        await Expect(after.Last).ToHaveCSSAsync("clip-path", "inset(0px 0px 0px 0%)");
        await Expect(one).ToHaveValueAsync("0");
    }

    private static async Task Sample(SeededProject seeded, int epoch)
    {
        await seeded.AddGroup(2 * epoch);
        await seeded.AddGroup(0, "1 hand", [.. Enumerable.Range(0, 7).Select(index => DrawnPicture.Draw(seeded.Project.Id, 2 * epoch + 1, index))], GroupUse.Evaluation);
        await seeded.Finish();
    }
}
