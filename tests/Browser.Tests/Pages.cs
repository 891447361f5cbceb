using Microsoft.Playwright;

namespace Labeler.Browser.Tests;

/// <summary>The pages that tests of every page walk through, with the project of <see cref="Site"/>.</summary>
public static class Pages
{
    // Parts of a page are drawn again when they come alive, and are folded then.
    private const string Unfolded = """
        () => {
            const folded = [...document.querySelectorAll('main details:not([open])')];
            folded.forEach(details => { details.open = true; });
            if (folded.length > 0) window.unfoldedAt = performance.now();
            return performance.now() - (window.unfoldedAt ?? -Infinity) > 1500 && !document.querySelector('[data-total]:empty');
        }
        """;

    /// <summary>Below the server's address. A new page has to be added here.</summary>
    public static readonly string[] OfAnAdmin =
    [
        "projects", "projects/new", "p/faces/settings", "p/faces/epochs", "p/faces/epochs/1", "p/faces/compare", "p/faces", "p/faces/gallery", "p/faces/gallery/before-after", "p/faces/review",
        "p/faces/review/practice", "p/faces/review/votes", "p/faces/review/items", "p/faces/checkpoints", "p/faces/members", "p/faces/data", "p/faces/webhooks", "label", "p/faces/label", "p/faces/label/history", "people", "system", "system/audit", "system/webhooks", "system/space", "account", "account/tokens", "account/two-factor", "account/passkeys", "programs", "photos", "compare", "compare/sheets",
        "compare/evaluations", "compare/evaluations/new", "compare/leaderboard", "compare/rewards", "p/faces/rewards", "system/rewards", "system/rewards/new", "system/rewards/new?kind=VisionLanguage",
    ];

    /// <summary>What somebody sees who is not signed in.</summary>
    public static readonly string[] OfAStranger = ["sign-in", "error/404"];

    /// <summary>Opens everything that is folded, and waits until it stays open and every table has been read.</summary>
    public static Task Unfold(this IPage page) => page.WaitForFunctionAsync(Unfolded);
}
