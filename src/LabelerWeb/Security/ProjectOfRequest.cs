namespace Labeler.Web.Security;

/// <summary>Which project an address is about.</summary>
internal static class ProjectOfRequest
{
    private static readonly string[] PictureAddresses = ["api/images/{hash}", "api/v1/pictures/{hash}"];

    // The first that fits counts; what names a project by its slug needs no line.
    private static readonly (string Begins, Func<LabelerDb, long, IQueryable<Project>> Find)[] Addresses =
    [
        ("projects/{id", ById), ("photos/{id", ById), ("sets/{id", ById), ("review/{project", ById), ("api/projects/{project", ById),
        ("api/v1/projects/{project", ById),
        ("epochs/projects/{id", ById), ("reward-runs/projects/{id", ById), ("members/{project", ById),
        ("webhooks/projects/{id", ById), ("webhooks/{hook", OfWebhook),
        ("epochs/checkpoints/{id", OfCheckpoint), ("lineage/{id", OfCheckpoint), ("api/v1/checkpoints/{checkpoint", OfCheckpoint),
        ("epochs/{id", OfEpoch), ("api/v1/epochs/{epoch", OfEpoch),
        ("reward-runs/{id", (db, id) => db.Projects.Where(p => db.RewardRuns.Any(r => r.Id == id && r.ProjectId == p.Id))),
        ("compare/rewards/jobs/{job", (db, id) => db.Projects.Where(p => db.Jobs.Any(j => j.Id == id && j.ProjectId == p.Id))),
        ("compare/rewards/{id", (db, id) => db.Projects.Where(p => db.LearnedRewards.Any(r => r.Id == id && r.ProjectId == p.Id))),
    ];

    /// <summary>How its project is found; null where it is about none. The found query is null for a picture, which may be in
    /// several.</summary>
    public static Func<LabelerDb, IQueryable<Project>?>? Of(HttpContext context)
    {
        if (context.GetEndpoint() is not RouteEndpoint { RoutePattern.RawText: { } pattern })
        {
            return null;
        }
        if (context.Request.RouteValues.TryGetValue("slug", out var slug))
        {
            return db => db.ProjectAt($"{slug}");
        }
        if (IsPicture(context))
        {
            return _ => null;
        }
        if (Find(pattern) is not { } found)
        {
            return null;
        }
        return long.TryParse($"{context.Request.RouteValues[found.Name]}", out var id)
            ? db => found.Find(db, id) : db => db.Projects.Where(p => false);
    }

    /// <summary>Its project's number where the address says it; null where it has to be looked up, or there is none.</summary>
    public static long? Number(HttpContext context) =>
        context.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } pattern } && !context.Request.RouteValues.ContainsKey("slug")
            && Find(pattern) is { IsProject: true } found && long.TryParse($"{context.Request.RouteValues[found.Name]}", out var id)
            ? id : null;

    /// <summary>Is a picture itself asked for, by its hash?</summary>
    public static bool IsPicture(HttpContext context) => context.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } pattern }
        && PictureAddresses.Any(picture => pattern.AsSpan().TrimStart('/').StartsWith(picture, StringComparison.OrdinalIgnoreCase));

    public static string Picture(HttpContext context) => $"{context.Request.RouteValues["hash"]}";

    private static (string Name, bool IsProject, Func<LabelerDb, long, IQueryable<Project>> Find)? Find(string pattern)
    {
        var address = pattern.Trim('/');
        var found = Array.Find(Addresses, one => address.StartsWith(one.Begins, StringComparison.OrdinalIgnoreCase));
        return found.Begins is null ? null
            : (found.Begins[(found.Begins.LastIndexOf('{') + 1)..], found.Find == ById, found.Find);
    }

    private static IQueryable<Project> ById(LabelerDb db, long id) => db.Projects.Where(p => p.Id == id);

    private static IQueryable<Project> OfEpoch(LabelerDb db, long id) =>
        db.Projects.Where(p => db.Epochs.Any(e => e.Id == id && e.ProjectId == p.Id));

    private static IQueryable<Project> OfWebhook(LabelerDb db, long id) =>
        db.Projects.Where(p => db.Webhooks.Any(w => w.Id == id && w.ProjectId == p.Id));

    private static IQueryable<Project> OfCheckpoint(LabelerDb db, long id) =>
        db.Projects.Where(p => db.Checkpoints.Any(c => c.Id == id && c.ProjectId == p.Id));
}
