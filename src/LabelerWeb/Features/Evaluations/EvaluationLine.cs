namespace Labeler.Web.Features.Evaluations;

/// <param name="Judged">Questions with all the votes they want, of <paramref name="Items"/>.</param>
public sealed record EvaluationLine(Evaluation Evaluation, Project Project, Epoch Epoch, Job? Job, int Made, int Items, int Judged,
    int Votes)
{
    public static async Task<IReadOnlyList<EvaluationLine>> All(LabelerDb db, CancellationToken cancel = default)
    {
        var slugs = await db.Evaluations.OrderByDescending(e => e.Id)
            .Join(db.Projects.Where(p => p.DeletedAt == null), e => e.ProjectId, p => p.Id, (e, p) => p.Slug).ToListAsync(cancel);
        var lines = new List<EvaluationLine>();
        foreach (var slug in slugs)
        {
            lines.Add((await Find(db, slug, cancel))!);
        }
        return lines;
    }

    public static async Task<EvaluationLine?> Find(LabelerDb db, string slug, CancellationToken cancel = default)
    {
        if (await db.Projects.AsNoTracking().FirstOrDefaultAsync(p => p.Slug == slug && p.DeletedAt == null, cancel) is not { } project
            || await db.Evaluations.AsNoTracking().FirstOrDefaultAsync(e => e.ProjectId == project.Id, cancel) is not { } evaluation)
        {
            return null;
        }
        var epoch = await db.Epochs.AsNoTracking().FirstAsync(e => e.ProjectId == project.Id, cancel);
        var items = db.Items.Where(i => i.EpochId == epoch.Id);
        return new(
            evaluation, project, epoch,
            await db.Jobs.AsNoTracking().Where(j => j.EpochId == epoch.Id).OrderByDescending(j => j.Id).FirstOrDefaultAsync(cancel),
            await db.Groups.CountAsync(g => g.EpochId == epoch.Id, cancel), await items.CountAsync(cancel),
            await items.CountAsync(i => i.State == ItemState.Done, cancel),
            await db.Votes.Effective().CountAsync(v => v.ProjectId == project.Id, cancel));
    }

    public string Kind => Evaluation.Plan.Kind == EvaluationKind.Rubric ? "Rubric" : "Duel";

    public string Standing => Epoch.State switch
    {
        EpochState.Sampling => "pictures are being made",
        EpochState.Failed => "failed",
        EpochState.Cancelled => "stopped",
        _ => Judged == Items ? "all judged" : "being judged",
    };

    public string Tone => Epoch.State switch
    {
        EpochState.Failed => "bad",
        EpochState.Labelling => Judged == Items ? "good" : "",
        _ => "warn",
    };
}
