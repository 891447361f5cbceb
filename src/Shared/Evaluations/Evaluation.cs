using Labeler.Shared.Projects;

namespace Labeler.Shared.Evaluations;

/// <summary>Given checkpoints, judged by people: a project whose one epoch holds their pictures, and the plan by which they were
/// made.</summary>
public sealed class Evaluation
{
    private Evaluation() { }

    internal Evaluation(long projectId, EvaluationPlan plan, DateTimeOffset now)
    {
        ProjectId = projectId;
        Plan = plan;
        CreatedAt = now;
    }

    public long Id { get; private set; }
    public long ProjectId { get; private set; }
    public EvaluationPlan Plan { get; private set; } = new();
    public DateTimeOffset CreatedAt { get; private set; }

    /// <summary>The project in whose queue the questions are.</summary>
    /// <param name="like">Whose care for sensitive pictures it takes over.</param>
    /// <param name="scale">The scores of a rubric.</param>
    /// <exception cref="LabelerException">The name, the plan or a setting cannot be used.</exception>
    public static Project ProjectFor(string name, EvaluationPlan plan, int raters, string guidelines, IReadOnlyList<Choice> scale,
        ProjectSettings like, DateTimeOffset now)
    {
        if (plan.Faults().ToList() is { Count: > 0 } faults)
        {
            throw new LabelerException(string.Join(" ", faults));
        }
        var isRubric = plan.Kind == EvaluationKind.Rubric;
        var settings = new ProjectSettings
        {
            Choices = isRubric ? scale : [],
            GroupSize = isRubric ? 1 : 2,
            ImagesPerEpoch = plan.Pictures,
            EvaluationImages = 0,
            VotesPerItem = raters,
            Guidelines = guidelines,
            Blurred = like.Blurred,
            SensitiveKind = like.SensitiveKind,
            ModelFolder = plan.Contestants[0].Model,
            Sampling = plan.Sampling,
            Compute = like.Compute,
            Seed = plan.FixedSeed,
        };
        var project =
            Project.Create(name, isRubric ? LabelingTask.Score : LabelingTask.PreferPair, settings, now, PictureSource.Checkpoints);
        project.UsePrompts(plan.Prompts);
        return project;
    }
}
