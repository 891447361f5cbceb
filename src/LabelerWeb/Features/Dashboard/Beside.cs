namespace Labeler.Web.Features.Dashboard;

/// <summary>Another project beside one, by what the votes of both measure. All votes of both count.</summary>
public sealed record Beside(Project Other, IReadOnlyList<BesideMeasure> Measured)
{
    public IEnumerable<FigureTable> Tables => Measured.Select(one => one.Table);

    /// <summary>Null where there is no such project that this person may look into, or nothing that both measure.</summary>
    /// <param name="slug">The other's address; null for none.</param>
    public static async Task<Beside?> Read(LabelerDb db, Project project, string? slug, Viewer viewer, CancellationToken cancel)
    {
        if (slug is null || slug == project.Slug || await Visible(db, viewer)
            .FirstOrDefaultAsync(p => p.Slug == slug, cancel) is not { } other)
        {
            return null;
        }
        var measured = new List<BesideMeasure>();
        foreach (var measure in Measures.Of(project).Intersect(Measures.Of(other)))
        {
            measured.Add(new(measure, await RunCurve.Read(db, project, measure, cancel), await RunCurve.Read(db, other, measure, cancel)));
        }
        return measured.Count == 0 ? null : new(other, measured);
    }

    /// <summary>The projects that can stand beside one, by name.</summary>
    public static async Task<List<Project>> Others(LabelerDb db, Project project, Viewer viewer, CancellationToken cancel)
    {
        var own = Measures.Of(project);
        var sampled = own.Count == 0 ? [] : await Visible(db, viewer)
            .Where(p => p.Id != project.Id && p.Source == PictureSource.Sampled).OrderBy(p => p.Name)
            .ToListAsync(cancel);
        return [.. sampled.Where(other => Measures.Of(other).Intersect(own).Any())];
    }

    private static IQueryable<Project> Visible(LabelerDb db, Viewer viewer) =>
        viewer.Projects(db, ProjectRole.Reviewer).AsNoTracking().Where(p => p.DeletedAt == null);
}
