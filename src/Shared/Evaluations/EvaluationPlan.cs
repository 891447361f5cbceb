using Labeler.Shared.Projects;

namespace Labeler.Shared.Evaluations;

/// <summary>How people judge the pictures. The numbers are stored.</summary>
public enum EvaluationKind
{
    /// <summary>Each picture is scored alone.</summary>
    Rubric = 0,

    /// <summary>Two pictures of one prompt and noise, from two checkpoints, side by side.</summary>
    Duel = 1,
}

/// <summary>A model that takes part.</summary>
/// <param name="Name">As the lead knows it; annotators never see it.</param>
/// <param name="Model">Where its base model lies; see <see cref="ModelPath"/>.</param>
/// <param name="Checkpoint">Its row; null for the base model.</param>
/// <param name="Weights">Content hash of the checkpoint's weights; null for the base model.</param>
/// <param name="Run">The training of which it is one step; null where it stands alone. The base model is step 0 of each on it.</param>
/// <param name="Step">Optimizer steps of that training taken; null where it stands alone.</param>
public sealed record Contestant(string Name, string Model, long? Checkpoint, string? Weights, string? Run = null, int? Step = null);

/// <summary>Everything that decides an evaluation's pictures and questions, fixed when it is made.</summary>
public sealed record EvaluationPlan
{
    public const int MostContestants = 20, MostPrompts = 500, MostPictures = 20_000, MostItems = 50_000;

    public EvaluationKind Kind { get; init; }
    public IReadOnlyList<Contestant> Contestants { get; init; } = [];
    public IReadOnlyList<string> Prompts { get; init; } = [];

    /// <summary>Pictures of each prompt whose noise follows from <see cref="FixedSeed"/> alone: the same for all checkpoints, and in every
    /// evaluation.</summary>
    public int FixedEach { get; init; } = 1;

    /// <summary>Pictures of each prompt whose noise is new in this evaluation. Scored alone every checkpoint has its own; in a duel both
    /// have the same, as else chance would win.</summary>
    public int RandomEach { get; init; }
    public long FixedSeed { get; init; } = 1;

    /// <summary>Drawn when the evaluation is made; decides the random noises and the order of the questions.</summary>
    public long RandomSeed { get; init; }
    public SamplingSettings Sampling { get; init; } = new();
    public int PicturesEach => Prompts.Count * (FixedEach + RandomEach);

    public int Pictures => Contestants.Count * PicturesEach;

    /// <summary>Questions to people.</summary>
    public int Items => Kind == EvaluationKind.Rubric ? Pictures : Contestants.Count * (Contestants.Count - 1) / 2 * PicturesEach;

    /// <summary>A picture by its number, which its group has too.</summary>
    public PlannedPicture At(int number)
    {
        var (contestant, place) = Math.DivRem(number, PicturesEach);
        var (prompt, index) = Math.DivRem(place, FixedEach + RandomEach);
        return new(number, contestant, prompt, index, index < FixedEach);
    }

    /// <summary>The questions in mixed order: numbers of one picture, or of a duel's two.</summary>
    public IReadOnlyList<(int First, int? Second)> Questions()
    {
        var all = new List<(int, int?)>();
        for (var place = 0; place < PicturesEach; place++)
        {
            for (var one = 0; one < Contestants.Count; one++)
            {
                if (Kind == EvaluationKind.Rubric)
                {
                    all.Add((one * PicturesEach + place, null));
                    continue;
                }
                for (var other = one + 1; other < Contestants.Count; other++)
                {
                    all.Add((one * PicturesEach + place, other * PicturesEach + place));
                }
            }
        }
        var mixed = all.ToArray();
        new Random((int)(RandomSeed & int.MaxValue)).Shuffle(mixed);
        return mixed;
    }

    public IEnumerable<string> Faults()
    {
        if (Contestants.Count is < 2 or > MostContestants)
        {
            yield return $"Choose 2 to {MostContestants} checkpoints.";
        }
        if (Contestants.DistinctBy(c => (c.Model, c.Weights)).Count() < Contestants.Count)
        {
            yield return "Two of the chosen checkpoints have the same weights: there is nothing to compare between them.";
        }
        if (Prompts.Count is 0 or > MostPrompts)
        {
            yield return $"Give 1 to {MostPrompts} prompts, one a line.";
        }
        if (FixedEach is < 0 or > 100 || RandomEach is < 0 or > 100 || FixedEach + RandomEach == 0)
        {
            yield return "Each prompt needs 1 to 100 pictures, at fixed seeds, at random ones, or both.";
        }
        else if (Pictures > MostPictures || Items > MostItems)
        {
            yield return $"That would be {Pictures:N0} pictures and {Items:N0} questions; "
                + $"the most is {MostPictures:N0} and {MostItems:N0}.";
        }
    }
}

/// <param name="Index">Among the pictures of its prompt, the fixed ones first.</param>
/// <param name="IsFixed">Is its noise the fixed one?</param>
public readonly record struct PlannedPicture(int Number, int Contestant, int Prompt, int Index, bool IsFixed);
