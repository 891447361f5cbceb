using System.Text.RegularExpressions;
using Labeler.Shared.Projects;
using Labeler.Shared.Scoring;
using Labeler.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Labeler.Browser.Tests;

/// <summary>Whether the pages of leads and admins are Chinese as a whole: what stands in them in Latin letters is a name, a file, an address or code.</summary>
[Collection(nameof(Browsing))]
public sealed partial class LeadsInChineseTests(Browsing browsing)
{
    // What people see of a page, or hear read from it; code, keys and logs are the same in every language.
    private const string Shown = """
        () => {
            const kept = 'script, style, kbd, code, pre, textarea, template, svg title + *, [lang="en"], .log-line';
            const texts = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            while (walk.nextNode())
                if (walk.currentNode.data.trim() && !walk.currentNode.parentElement.closest(kept)) texts.push(walk.currentNode.data.trim());
            for (const name of ['title', 'aria-label', 'placeholder', 'alt', 'data-confirm'])
                for (const element of document.querySelectorAll(`[${name}]`))
                    if (!element.closest(kept)) texts.push(element.getAttribute(name));
            return [...new Set(texts)];
        }
        """;

    // Whom and what the installation of the tests names so, and what its people wrote: prompts, definitions, reasons.
    private static readonly string[] Written =
    [
        "Which face", "release robot", "old robot", "robot of all", "Small files", "Large files", "Aesthetics", "a face in a mirror", "base model", "Faces, epoch 1", "mirrors", "nightly", "Morning shift", "sampler", "learner", "seeding",
        .. Scale.Labels.SelectMany(label => new[] { label.Name, label.Definition }), RewardSettings.UsualRating,
    ];

    // Whom and what it names so in one word, and keys of files; names of methods and formats stand in SameInChinese.
    private static readonly HashSet<string> Names =
    [
        .. "Labeler English Ctrl Enter Esc Backspace UTC Ada Faces Pairs Photos Dee".Split(' '),
        .. "prompt chosen rejected safetensors after data images prompts scores null image mask edge Captions mirror".Split(' '),
    ];

    [Fact]
    public async Task Nothing_on_the_pages_of_leads_and_admins_is_left_in_English()
    {
        var site = await browsing.Filled;
        await using var admin = await site.Admin();
        var page = admin.Page;
        await admin.Go("/projects");
        await page.Locator(".topbar .dropdown > summary").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "简体中文" }).ClickAsync();
        await Expect(page.Locator("html")).ToHaveAttributeAsync("lang", "zh-Hans");
        var shown = new List<(string Page, string Text)>();
        foreach (var address in await site.Addresses())
        {
            await admin.Go($"/{address}");
            await page.Unfold();
            shown.AddRange((await page.EvaluateAsync<string[]>(Shown)).Select(text => (address, text)));
        }
        await page.GotoAsync("/account");
        await page.GetByLabel("语言").SelectOptionAsync("en");
        await page.GetByRole(AriaRole.Button, new() { Name = "保存资料" }).ClickAsync();
        await Expect(page.Locator("html")).ToHaveAttributeAsync("lang", "en");
        Assert.NotEmpty(shown);
        var english = SameInChinese.Left(shown, Words).ToList();
        Assert.True(english.Count == 0, string.Join('\n', english));
    }

    private static IEnumerable<string> Words(string text) =>
        SameInChinese.Words(NoText().Replace(Written.Aggregate(text, (left, written) => left.Replace(written, " ")), " ")).Except(Names);

    // A group's prompt, addresses, paths, files, what holds digits or an underscore: names of things.
    [GeneratedRegex(@"1 hand(, take \d+)?|https?://\S+|mailto:\S*|\S*[/_\\]\S*|\S+\.[a-z0-9]{2,12}\b|\S*\d\S*")]
    private static partial Regex NoText();
}
