using Labeler.Browser.Tests.Labeling;
using Labeler.Shared.Imaging;
using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Shared.Samples;
using Labeler.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Labeler.Browser.Tests;

/// <summary>Makes the README's pictures of pages anew, of what the bundled model makes; by hand, with LABELER_README=1.</summary>
[Collection(nameof(Browsing))]
public sealed class ReadmePictures(LabelingFixture fixture) : IClassFixture<LabelingFixture>
{
    // Sheets of the bundled model: tiles of 128 pixels, 4 apart.
    private const int Side = 128, Step = 132;
    private static readonly Picture Compared = Sheet("before-after.webp"), Samples = Sheet("samples.webp");
    private readonly Random _random = new(5);

    [ReadmeFact]
    public async Task The_readme_shows_the_pages_as_they_are()
    {
        await Hands();
        var untrained = await Project("Open hands", LabelingTask.FlagBatch, 3, new() { Flags = FlagKinds.Deformed }, "1 hand", n => Seven(Compared, 0, n));
        var (mirrors, mugs) = (await Pairs("Mirrors"), await Pairs("Mugs"));
        await Project("Art", LabelingTask.FlagBatch, 3, new() { Flags = FlagKinds.Deformed | FlagKinds.Unsafe }, "abstract art", n => n == 0 ? Seven(Compared, 4) : Seven(Samples, n + 1), judged: true);
        await using var admin = await fixture.Admin();
        var page = admin.Page;
        await page.SetViewportSizeAsync(1280, 800);

        var screen = await LabelingScreen.Open(admin, untrained);
        await screen.Press("3");
        await Keep(page, "labeling");
        await LabelingScreen.Open(admin, mirrors);
        await Keep(page, "pair");
        await admin.Go("/p/hands");
        await Expect(page.Locator(".rate-chart").First).ToBeVisibleAsync();
        await Keep(page, "dashboard");
        await admin.Go("/p/hands/epochs/1");
        await Expect(page.Locator(".charts figure").First).ToBeVisibleAsync();
        await Keep(page, "epoch");
        await admin.Go("/p/hands/gallery/before-after");
        await Expect(page.Locator(".comparison img.after").First).ToBeVisibleAsync();
        await page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        await Keep(page, "before-after");
        await admin.Go("/compare/sheets?run=hands");
        await page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        await Keep(page, "compare");
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await admin.Go("/p/art/gallery");
        await page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        await Keep(page, "gallery-dark");

        await using var phone = await fixture.Annotator(LabelingFixture.Phone);
        await phone.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await LabelingScreen.Open(phone, mugs);
        await Keep(phone.Page, "phone");
    }

    // Hands before and after training, from the same noise: two epochs, the first of them judged and learned from.
    private async Task<SeededProject> Hands()
    {
        var hands = await fixture.Seed("Hands", groups: 8, settings: new() { Flags = FlagKinds.Deformed, GoalPercent = 90 }, finish: false);
        var who = await hands.Somebody();
        await Sample(hands, 0);
        foreach (var flagged in new[] { 2, 3, 1, 2, 4, 2, 3, 2 })
        {
            await hands.Vote(who, 1, 2100, [.. Enumerable.Range(0, flagged)]);
        }
        await hands.Learn();
        await Sample(hands, 1);
        foreach (var flagged in new[] { 1, 2, 1 })
        {
            await hands.Vote(who, 1, 1800, [.. Enumerable.Range(0, flagged)]);
        }
        await using var db = await hands.Open();
        var job = await db.Jobs.Where(one => one.Kind == JobKind.Train && one.ProjectId == hands.Project.Id).Select(one => one.Id).SingleAsync();
        for (var step = 1; step <= 60; step++)
        {
            db.AddRange(new JobMetric(job, step, "margin", 0.11 * (1 - Math.Exp(-step / 25.0)) + _random.NextDouble() / 90), new JobMetric(job, step, "accuracy", 0.5 + 0.4 * (1 - Math.Exp(-step / 20.0)) + _random.NextDouble() / 40), new JobMetric(job, step, "dead", step / 400.0));
            db.JobLines.Add(new(job, $"epoch 0  timestep {step % 20,2}  step {step}", DateTimeOffset.UtcNow.AddSeconds(step)));
        }
        await db.SaveChangesAsync();
        return hands;
    }

    private async Task Sample(SeededProject hands, int epoch)
    {
        for (var number = 0; number < 8; number++)
        {
            await hands.AddGroup(100 * epoch + number, "1 hand", Seven(Compared, epoch + 2 * (number % 2), number * 3));
        }
        for (var number = 0; number < 2; number++)
        {
            await hands.AddGroup(number, number == 0 ? "1 hand" : "an open hand", Seven(Compared, epoch + 2 * number), GroupUse.Evaluation);
        }
        await hands.Finish();
    }

    private Task<SeededProject> Pairs(string name) =>
        Project(name, LabelingTask.PreferPair, 4, new() { GroupSize = 2 }, "a mug in a mirror", n => [Tile(Samples, 1, 2 * n), Tile(Samples, 1, 2 * n + 1)]);

    private async Task<SeededProject> Project(string name, LabelingTask task, int groups, ProjectSettings settings, string prompt, Func<int, IReadOnlyList<Picture>> pictures, bool judged = false)
    {
        var project = await fixture.Seed(name, task, groups, settings, finish: false);
        for (var number = 0; number < groups; number++)
        {
            await project.AddGroup(number, prompt, pictures(number));
        }
        await project.Finish();
        if (judged)
        {
            await project.Vote(await project.Somebody(), groups - 1, 1500, 0, 2);
        }
        return project;
    }

    private static async Task Keep(IPage page, string name)
    {
        await page.EvaluateAsync("document.fonts.ready.then(() => { })");
        var picture = await page.ScreenshotAsync(new() { Animations = ScreenshotAnimations.Disabled });
        await File.WriteAllBytesAsync(Repository.At("docs", "screenshots", $"{name}.webp"), Thumbnail.WebP(picture, 1100, quality: 60));
    }

    // A group's pictures: a row's from the first of them on, around its end.
    private static Picture[] Seven(Picture sheet, int row, int first = 0) =>
        [.. Enumerable.Range(0, 7).Select(n => Tile(sheet, row, (first + n) % 9))];

    private static Picture Tile(Picture sheet, int row, int column)
    {
        var rgb = new byte[Side * Side * 3];
        for (var y = 0; y < Side; y++)
        {
            sheet.Rgb.AsSpan(((4 + row * Step + y) * sheet.Width + 4 + column * Step) * 3, Side * 3).CopyTo(rgb.AsSpan(y * Side * 3));
        }
        return new(Side, Side, rgb);
    }

    private static Picture Sheet(string name) => Picture.Decode(File.ReadAllBytes(Repository.At("models", "mirror-world", name)));

    private sealed class ReadmeFactAttribute : FactAttribute
    {
        public ReadmeFactAttribute() => Skip = Environment.GetEnvironmentVariable("LABELER_README") == "1" ? null : "by hand, with LABELER_README=1";
    }
}
