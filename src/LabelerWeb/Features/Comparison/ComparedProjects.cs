namespace Labeler.Web.Features.Comparison;

/// <summary>Projects chosen as runs, and their curves. Runs that are given one name are seeds of one thing.</summary>
/// <param name="All">Every project whose votes measure something alone, or that rewards measure.</param>
/// <param name="Names">What a chosen run is a seed of, by its id; empty for itself.</param>
public sealed record ComparedProjects(
    IReadOnlyList<Project> All, IReadOnlySet<long> Chosen, IReadOnlyDictionary<long, string> Names, Measure Measure,
    IReadOnlyList<Curve> Curves, IReadOnlyList<ComparedReward> Rewards)
{
    private const int LongestName = 60;

    public static async Task<ComparedProjects> Read(LabelerDb db, Viewer viewer, IQueryCollection query, CancellationToken cancel)
    {
        var taught = await db.RewardRuns.Select(run => run.ProjectId).Distinct().ToListAsync(cancel);
        var all = (await viewer.Projects(db, ProjectRole.Lead).AsNoTracking()
            .Where(p => p.DeletedAt == null && p.Source == PictureSource.Sampled)
            .OrderBy(p => p.Name).ToListAsync(cancel))
            .Where(p => Measures.Of(p).Count > 0 || p.Settings.MeasuredRewards.Count > 0 || taught.Contains(p.Id)).ToList();
        var asked = query["run"].ToHashSet();
        var measure = Enum.TryParse<Measure>(query["measure"], ignoreCase: true, out var wanted) && Enum.IsDefined(wanted) ? wanted
            : all.Where(p => asked.Contains(p.Slug)).SelectMany(Measures.Of).FirstOrDefault();
        var chosen = all.Where(p => asked.Contains(p.Slug)).ToList();
        var names = chosen.ToDictionary(p => p.Id,
            p => query[$"as.{p.Slug}"].ToString().Trim() is var name && name.Length <= LongestName ? name : name[..LongestName]);
        var runs = new List<(string Name, Curve Curve)>();
        foreach (var project in chosen.Where(p => Measures.Of(p).Contains(measure)))
        {
            var curve = await RunCurve.Read(db, project, measure, cancel);
            runs.Add((names[project.Id].Length > 0 ? names[project.Id] : project.Name, curve));
        }
        var rewards = await ComparedReward.Read(db,
            [.. chosen.Select(p => (names[p.Id].Length > 0 ? names[p.Id] : p.Name, p))], cancel);
        var curves = runs.Where(run => run.Curve.Points.Count > 0).GroupBy(run => run.Name)
            .Select(seeds => Curve.Together(seeds.Key, [.. seeds.Select(seed => seed.Curve)]));
        return new(all, chosen.Select(p => p.Id).ToHashSet(), names, measure, [.. curves.Where(curve => curve.Points.Count > 0)],
            rewards);
    }

    public string Title => Measure switch
    {
        Measure.Normal => Texts.Key("Normal pictures over labeled pictures used"),
        Measure.Safe => Texts.Key("Safe pictures over labeled pictures used"),
        _ => Texts.Key("Mean score over labeled pictures used"),
    };

    public FigureTable Table => CurveTable.Of("curves", Title, Texts.Key("labeled pictures"), Measure.IsShare(), Curves);
}
