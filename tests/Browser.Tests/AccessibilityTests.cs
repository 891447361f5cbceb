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

    [Fact]
    public async Task No_page_has_a_serious_fault_for_people_with_disabilities_in_light_or_dark_colors()
    {
        var site = await browsing.Filled;
        var faults = (await site.Seen).SelectMany(page => page.Faults).ToList();
        await using (var stranger = await site.Stranger(PageWalk.Checked))
        {
            foreach (var address in Pages.OfAStranger)
            {
                await PageWalk.Open(stranger, address, address.StartsWith("error", StringComparison.Ordinal) ? null : 200);
                faults.AddRange(await PageWalk.FaultsOf(stranger, address));
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
}
