using Labeler.Shared.Evaluations;
using Labeler.Shared.Projects;
using Labeler.Shared.Voting;

namespace Labeler.Shared.Statistics;

/// <summary>What one checkpoint's pictures were given (mirror report, figure 6), at fixed or at random seeds. A picture that several people
/// scored counts once, by their average.</summary>
/// <param name="Contestant">The checkpoint's number in the plan.</param>
/// <param name="Low">End of the mean's 95 % interval over pictures (<see cref="Cluster"/>).</param>
/// <param name="Shares">Each score's share, in the scale's order.</param>
public sealed record RubricResults(int Contestant, string Name, bool IsFixed, int Pictures, int Votes, double Mean, double Low, double High,
    IReadOnlyList<(string Score, Proportion Share)> Shares)
{
    /// <summary>Every checkpoint's, in the plan's order, fixed seeds first; those without a vote are left out.</summary>
    public static async Task<IReadOnlyList<RubricResults>> Read(LabelerDb db, Evaluation evaluation, CancellationToken cancel = default)
    {
        var scale = (await db.Projects.AsNoTracking().FirstAsync(p => p.Id == evaluation.ProjectId, cancel)).Settings.Choices;
        var votes = await db.Votes.Effective()
            .Where(v => v.ProjectId == evaluation.ProjectId && v.Item!.Use == ItemUse.Training && v.Score != null)
            .Join(db.Groups, v => v.Item!.GroupId, g => g.Id,
                (v, g) => new { v.ItemId, g.Number, Choice = v.Choice!, Score = v.Score!.Value }).ToListAsync(cancel);
        var plan = evaluation.Plan;
        var lines = votes.GroupBy(v => (plan.At(v.Number).Contestant, plan.At(v.Number).IsFixed))
            .OrderByDescending(line => line.Key.IsFixed).ThenBy(line => line.Key.Contestant);
        return [.. lines.Select(line => Of(
            line.Key.Contestant, plan.Contestants[line.Key.Contestant].Name, line.Key.IsFixed, scale,
            [.. line.GroupBy(v => v.ItemId).Select(picture => picture.Select(v => (v.Choice, v.Score)).ToList())]))];
    }

    /// <param name="scale">The options that there were.</param>
    /// <param name="pictures">What each was given, by one person or more.</param>
    public static RubricResults Of(int contestant, string name, bool isFixed, IReadOnlyList<Choice> scale,
        IReadOnlyList<IReadOnlyList<(string Choice, double Score)>> pictures)
    {
        var mean = MeanScores.Of(0, scale,
            [.. pictures.Select(IReadOnlyList<IReadOnlyList<double>> (picture) => [[.. picture.Select(v => v.Score)]])]);
        return new(
            contestant, name, isFixed, pictures.Count, pictures.Sum(picture => picture.Count), mean.Mean, mean.Low, mean.High,
            [.. scale.Select(choice => (choice.Name, Cluster.Share(pictures.Select(picture =>
                new Cluster((double)picture.Count(v => v.Choice == choice.Name) / picture.Count, 1, 1, picture.Count)))))]);
    }
}
