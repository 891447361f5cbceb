using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace Labeler.Browser.Tests;

/// <summary>What people need who do not see, point or bear motion as others do, on every page.</summary>
[Collection(nameof(Browsing))]
public sealed class AccessibilityTests(Browsing browsing)
{
    // Durations in milliseconds, of whatever moves for longer than one can see, with its pseudo-elements.
    private const string Moving = """
        () => {
            const seconds = text => Math.max(...text.split(',').map(one => parseFloat(one) * (one.trim().endsWith('ms') ? .001 : 1)));
            const found = [];
            for (const element of document.querySelectorAll('body, body *'))
                for (const part of [null, '::before', '::after']) {
                    const style = getComputedStyle(element, part);
                    if (part && style.content === 'none') continue;
                    const moves = style.animationName === 'none' ? 0 : seconds(style.animationDuration);
                    if (Math.max(moves, seconds(style.transitionDuration), seconds(style.transitionDelay)) > .001)
                        found.push(`${element.tagName.toLowerCase()}.${element.getAttribute('class')}${part ?? ''}`);
                }
            return [...new Set(found)];
        }
        """;

    // Both themes in one call, and only what is serious comes back: the checker's own client opens a page for each answer.
    private const string Faults = """
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

    private static readonly string Checker = new BundledAxeScriptProvider().GetScript();

    [Fact]
    public async Task No_page_has_a_serious_fault_for_people_with_disabilities_in_light_or_dark_colors()
    {
        var site = await browsing.Filled;
        var faults = new List<string>();
        await using (var admin = await site.Admin(Checked))
        {
            foreach (var address in await site.Addresses())
            {
                faults.AddRange(await FaultsOf(admin, address));
            }
        }
        await using (var stranger = await site.Stranger(Checked))
        {
            foreach (var address in Pages.OfAStranger)
            {
                faults.AddRange(await FaultsOf(stranger, address, address.StartsWith("error", StringComparison.Ordinal) ? null : 200));
            }
        }
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Fact]
    public async Task Nothing_moves_on_a_page_for_those_who_want_little_motion()
    {
        await using var admin = await (await browsing.Filled).Admin(options => options.ReducedMotion = ReducedMotion.Reduce);
        var moving = new List<string>();
        foreach (var address in new[] { "projects", "system", "people", "p/faces", "p/faces/label", "p/faces/epochs" })
        {
            await admin.Go($"/{address}");
            await admin.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
            moving.AddRange((await admin.Page.EvaluateAsync<string[]>(Moving)).Select(one => $"{address}: {one}"));
        }
        Assert.True(moving.Count == 0, string.Join('\n', moving));
    }

    // The checker's script comes from the test, not from the server, so the policy is lifted for it; other tests hold the policy.
    private static void Checked(BrowserNewContextOptions options) => (options.BypassCSP, options.ReducedMotion) = (true, ReducedMotion.Reduce);

    private static async Task<IEnumerable<string>> FaultsOf(Visitor visitor, string address, int? status = 200)
    {
        var answered = await visitor.Go($"/{address}");
        Assert.Equal(status ?? answered, answered);
        await visitor.Page.Unfold();
        await visitor.Page.EvaluateAsync(Checker);
        return (await visitor.Page.EvaluateAsync<string[]>(Faults)).Select(fault => $"{address}, {fault}");
    }
}
