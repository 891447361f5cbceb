namespace Labeler.Web.Features.Evaluations;

/// <summary>An evaluation as the table of evaluations shows it.</summary>
public sealed class EvaluationRow
{
    public long Id { get; init; }
    public string Name { get; init; } = "";
    public string Slug { get; init; } = "";
    public EvaluationKind Kind { get; init; }
    public EvaluationStanding State { get; init; }

    /// <summary>Its plan is read for rows that are shown; nothing is sorted or filtered by it.</summary>
    public Evaluation Evaluation { get; init; } = null!;
    public int Made { get; init; }
    public int Questions { get; init; }

    /// <summary>Questions with all the votes they want.</summary>
    public int Judged { get; init; }
    public int Votes { get; init; }
    public DateTimeOffset Begun { get; init; }

    public string Compared => string.Join(" · ", Evaluation.Plan.Contestants.Select(one => one.Name));

    /// <summary>Those of projects that this person leads.</summary>
    public static IQueryable<EvaluationRow> All(LabelerDb db, Viewer viewer)
    {
        var standing = db.Votes.Effective();
        return
            from evaluation in db.Evaluations.AsNoTracking()
            join project in viewer.Projects(db, ProjectRole.Lead) on evaluation.ProjectId equals project.Id
            join epoch in db.Epochs on project.Id equals epoch.ProjectId
            where project.DeletedAt == null
            select new EvaluationRow
            {
                Id = evaluation.Id,
                Name = project.Name,
                Slug = project.Slug,
                Kind = project.Task == LabelingTask.Score ? EvaluationKind.Rubric : EvaluationKind.Duel,
                State = epoch.State == EpochState.Sampling ? EvaluationStanding.BeingMade
                    : epoch.State == EpochState.Failed ? EvaluationStanding.Failed
                    : epoch.State == EpochState.Cancelled ? EvaluationStanding.Stopped
                    : db.Items.Any(item => item.EpochId == epoch.Id && item.State != ItemState.Done) ? EvaluationStanding.BeingJudged
                    : EvaluationStanding.AllJudged,
                Evaluation = evaluation,
                Made = db.Groups.Count(one => one.EpochId == epoch.Id),
                Questions = db.Items.Count(item => item.EpochId == epoch.Id),
                Judged = db.Items.Count(item => item.EpochId == epoch.Id && item.State == ItemState.Done),
                Votes = standing.Count(vote => vote.ProjectId == project.Id),
                Begun = evaluation.CreatedAt,
            };
    }
}

/// <summary>How far an evaluation is.</summary>
public enum EvaluationStanding { BeingMade, Failed, Stopped, BeingJudged, AllJudged }
