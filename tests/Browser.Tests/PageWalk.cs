using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace Labeler.Browser.Tests;

/// <summary>What was found on a page with everything unfolded.</summary>
/// <param name="Faults">Serious ones for people with disabilities, in light or dark colors.</param>
/// <param name="Wide">What is wider than a phone.</param>
public sealed record SeenPage(string Address, IReadOnlyList<string> Faults, string[] Wide);

/// <summary>Looks at every page once, for all tests that ask how pages look.</summary>
public static class PageWalk
{
    // Both themes in one call, and only what is serious comes back: the checker's own client opens a page for each answer.
    private const string FaultsNow = """
        async () => {
            const options = { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'], resultTypes: ['violations'] };
            const root = document.documentElement, before = root.dataset.theme, found = [];
            for (const theme of ['light', 'dark']) {
                root.dataset.theme = theme;
                // A color goes from element to element, each a frame after what it stands in.
                for (let still = 0; still < 5; still = document.getAnimations().length > 0 ? 0 : still + 1)
                    await new Promise(requestAnimationFrame);
                const { passes, violations } = await axe.run(document, options);
                if (passes.length === 0) found.push(`${theme}: the checker looked at nothing`);
                for (const { id, impact, nodes } of violations.filter(fault => ['serious', 'critical'].includes(fault.impact)))
                    for (const { target, html, any, all, none } of nodes)
                        found.push(`${theme}: ${id} (${impact}): ${target} ${[...any, ...all, ...none].map(check => check.message).join('; ')} in ${html.slice(0, 200)}`);
            }
            if (before) root.dataset.theme = before; else delete root.dataset.theme;
            return found;
        }
        """;

    // The innermost elements that stand out to the right.
    private const string WideNow = """
        () => {
            const beyond = document.documentElement.scrollWidth - innerWidth;
            return beyond <= 0 ? [] : [`by ${beyond} pixels: ${[...document.querySelectorAll('main *')].filter(one => one.getBoundingClientRect().right > innerWidth + .5)
                .filter((one, _, all) => !all.some(other => other !== one && one.contains(other)))
                .map(one => `${one.tagName.toLowerCase()}.${one.getAttribute('class')} "${one.textContent.trim().slice(0, 30)}"`).slice(0, 5).join('; ')}`];
        }
        """;

    private static readonly string Checker = new BundledAxeScriptProvider().GetScript();

    /// <summary>Looks at every page of an admin.</summary>
    public static async Task<IReadOnlyList<SeenPage>> Of(FilledSite site)
    {
        var seen = new List<SeenPage>();
        await using var admin = await site.Admin(Checked);
        var page = admin.Page;
        var wide = page.ViewportSize!;
        foreach (var address in await site.Addresses())
        {
            await page.SetViewportSizeAsync(390, 844);
            await Open(admin, address, 200);
            var beyond = await page.EvaluateAsync<string[]>(WideNow);
            await page.SetViewportSizeAsync(wide.Width, wide.Height);
            seen.Add(new(address, await FaultsOf(admin, address), [.. beyond.Select(one => $"{address} {one}")]));
            await admin.Take($"page-{string.Concat(address.Select(letter => char.IsLetterOrDigit(letter) ? letter : '-'))}", fullPage: true);
        }
        return seen;
    }

    /// <summary>The checker's script comes from the test, not from the server, so the policy is lifted for it; other tests hold the policy.</summary>
    public static void Checked(BrowserNewContextOptions options) => (options.BypassCSP, options.ReducedMotion) = (true, ReducedMotion.Reduce);

    /// <summary>Opens a page and all that is folded on it.</summary>
    /// <param name="status">What it answers; anything where it is null.</param>
    public static async Task Open(Visitor visitor, string address, int? status)
    {
        var answered = await visitor.Go($"/{address}");
        Assert.Equal(status ?? answered, answered);
        await visitor.Page.Unfold();
    }

    /// <summary>Serious faults of the page that is open, for people with disabilities.</summary>
    public static async Task<IReadOnlyList<string>> FaultsOf(Visitor visitor, string address)
    {
        await visitor.Page.EvaluateAsync(Checker);
        return [.. (await visitor.Page.EvaluateAsync<string[]>(FaultsNow)).Select(fault => $"{address}, {fault}")];
    }
}
