using Microsoft.Playwright;

namespace Labeler.Browser.Tests.Labeling;

/// <summary>Fingers on a screen.</summary>
internal static class Touch
{
    private const float ClickFollows = 2_000;

    /// <summary>Taps until the browser makes a click of it: on a starved machine it may take a tap for a long press, which does nothing.</summary>
    public static async Task Tap(this ILocator target)
    {
        for (var tries = 5; ; tries--)
        {
            await target.EvaluateAsync("() => { window.tapped = false; addEventListener('click', () => { window.tapped = true; }, { capture: true, once: true }); }");
            await target.TapAsync();
            try
            {
                await target.Page.WaitForFunctionAsync("() => window.tapped", null, new() { Timeout = ClickFollows });
                return;
            }
            catch (TimeoutException) when (tries > 1)
            {
                // No click came of it: once more.
            }
        }
    }
}
