namespace Labeler.Web.Features.Evaluations;

/// <param name="Judged">Questions with all the votes they want, of <paramref name="Items"/>.</param>
public sealed record EvaluationLine(Evaluation Evaluation, Project Project, Epoch Epoch, Job? Job, int Made, int Items, int Judged,
    int Votes)
{
    public static async Task<EvaluationLine?> Find(LabelerDb db, string slug, CancellationToken cancel = default)
    {
        if (await db.ProjectAt(slug).FirstOrDefaultAsync(cancel) is not { } project
            || await db.Evaluations.AsNoTracking().FirstOrDefaultAsync(e => e.ProjectId == project.Id, cancel) is not { } evaluation)
        {
            return null;
        }
        var epoch = await db.Epochs.AsNoTracking().FirstAsync(e => e.ProjectId == project.Id, cancel);
        var items = db.Items.Where(i => i.EpochId == epoch.Id);
        return new(
            evaluation, project, epoch,
            await db.WholeJobs.AsNoTracking().Where(j => j.EpochId == epoch.Id).OrderByDescending(j => j.Id).FirstOrDefaultAsync(cancel),
            await db.Groups.CountAsync(g => g.EpochId == epoch.Id, cancel), await items.CountAsync(cancel),
            await items.CountAsync(i => i.State == ItemState.Done, cancel),
            await db.Votes.Effective().CountAsync(v => v.ProjectId == project.Id, cancel));
    }

    public string Kind => Evaluation.Plan.Kind == EvaluationKind.Rubric ? Texts.Say($"Rubric") : Texts.Say($"Duel");

    public string Standing => Epoch.State switch
    {
        EpochState.Sampling => Texts.Say($"pictures are being made"),
        EpochState.Failed => Texts.Say($"failed"),
        EpochState.Cancelled => Texts.Say($"stopped"),
        _ => Judged == Items ? Texts.Say($"all judged") : Texts.Say($"being judged"),
    };
}
