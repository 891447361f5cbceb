namespace Labeler.Web.Features.Home;

/// <summary>Addresses that pages had before everything of a project stood under /p/NAME: they lead on, so that links and bookmarks
/// stay.</summary>
public static class OldAddresses
{
    private static readonly (string Old, string New)[] All =
    [
        ("dashboard", "projects"),
        ("dashboard/{slug}", "p/{slug}"),
        ("label/{slug}", "p/{slug}/label"),
        ("label/{slug}/history", "p/{slug}/label/history"),
        ("epochs", "projects"),
        ("epochs/{slug}", "p/{slug}/epochs"),
        ("gallery", "projects"),
        ("gallery/{slug}", "p/{slug}/gallery"),
        ("gallery/{slug}/compare", "p/{slug}/gallery/before-after"),
        ("review", "projects"),
        ("review/{slug}/practice", "p/{slug}/review/practice"),
        ("review/{slug}", "p/{slug}/review"),
        ("photos/{slug}", "p/{slug}/photos"),
        ("photos/{slug}/captions", "p/{slug}/photos/captions"),
        ("projects/{slug}", "p/{slug}/settings"),
        ("backups", "system"),
    ];

    public static IEnumerable<string> Patterns => All.Select(address => $"/{address.Old}");

    public static void MapOldAddresses(this IEndpointRouteBuilder app)
    {
        foreach (var (old, current) in All)
        {
            app.MapGet($"/{old}", (HttpContext context, string? slug) =>
                LocalAddress.Redirect($"/{current.Replace("{slug}", Uri.EscapeDataString(slug ?? ""))}{context.Request.QueryString}"))
                .RequireAuthorization(Role.Annotator);
        }
    }
}
