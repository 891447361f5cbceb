using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;

namespace Labeler.Browser.Tests;

/// <summary>The server of <see cref="Site"/> with something on every page: what tests of how pages look and read walk through.</summary>
public sealed class FilledSite(Browsing browsing) : IAsyncDisposable
{
    private readonly Site _site = new(browsing);
    private Task<IReadOnlyList<SeenPage>>? _seen;

    public static async Task<FilledSite> Start(Browsing browsing)
    {
        var filled = new FilledSite(browsing);
        await filled._site.InitializeAsync();
        await SiteContent.Fill(filled._site.Faces);
        return filled;
    }

    public LabelerServer Server => _site.Server;

    /// <summary>Every page of an admin, looked at once for the first that asks.</summary>
    public Task<IReadOnlyList<SeenPage>> Seen => _seen ??= PageWalk.Of(this);

    public Task<Visitor> Admin(Action<BrowserNewContextOptions>? change = null) => _site.Admin(change);

    public Task<Visitor> Stranger(Action<BrowserNewContextOptions>? change = null) => _site.Stranger(change);

    /// <summary>Every page of an admin, with those of one thing of each kind.</summary>
    public async Task<string[]> Addresses()
    {
        await using var db = await _site.Faces.Open();
        return
        [
            .. await _site.Addresses(),
            "p/faces/epochs/2", "p/pairs", "p/pairs/data", "p/photos/photos", "p/photos/photos/table", "p/photos/photos/captions", "compare/evaluations/which-face", "compare/evaluations/which-face/pictures",
            "compare?run=faces&run=pairs", "compare/sheets?run=faces", "compare/leaderboard?project=faces", "p/faces/review?show=all",
            $"lineage/{await db.Checkpoints.Select(checkpoint => checkpoint.Id).FirstAsync()}",
            .. (await db.Webhooks.OrderBy(webhook => webhook.Id).Select(webhook => webhook.Id).ToListAsync()).Select(id => $"webhooks/{id}"),
            .. (await db.Rewards.OrderBy(reward => reward.Id).Select(reward => reward.Id).ToListAsync()).Select(id => $"system/rewards/{id}"),
            $"people/{await db.Users.Where(person => person.DisplayName == "Bo").Select(person => person.Id).SingleAsync()}",
        ];
    }

    public async ValueTask DisposeAsync() => await _site.DisposeAsync();
}
