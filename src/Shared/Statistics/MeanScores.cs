using Labeler.Shared.Projects;
using Labeler.Shared.Voting;

namespace Labeler.Shared.Statistics;

/// <summary>Mean of the values that one epoch's images were given: scores, or what the categories are worth. An image that several people
/// judged counts once, by their average; the 95 % interval is over groups of images (<see cref="Cluster"/>).</summary>
/// <param name="Groups">Groups of images that were given a value.</param>
/// <param name="Low">The mean itself where there is one group alone.</param>
public sealed record MeanScores(int Epoch, int Votes, int Groups, double Mean, double Low, double High)
{
    /// <summary>Every judged epoch's of a score or category project. An option without a value leaves its image out.</summary>
    /// <param name="which">Null for all votes.</param>
    public static async Task<IReadOnlyList<MeanScores>> Read(
        LabelerDb db, Project project, CancellationToken cancel = default, WhichVotes? which = null)
    {
        var votes = await (which ?? WhichVotes.All).Of(db.Votes.Effective())
            .Where(v => v.ProjectId == project.Id && v.Item!.Use == ItemUse.Training && v.Choice != null && v.Item.SecondId == null)
            .Join(db.Epochs, v => v.EpochId, e => e.Id, (v, e) => new { e.Number, v.Item!.GroupId, v.ItemId, v.Choice, v.Score })
            .ToListAsync(cancel);
        // By what the options are worth now, as training takes them.
        var worth = project.Settings.Choices.ToDictionary(choice => choice.Name, choice => choice.Value);
        return
        [
            .. votes.Select(v => (v.Number, v.GroupId, v.ItemId, Value: worth.GetValueOrDefault(v.Choice!, v.Score)))
                .Where(v => v.Value is not null).GroupBy(v => v.Number).OrderBy(epoch => epoch.Key)
                .Select(epoch => Of(epoch.Key, project.Settings.Choices,
                    [.. epoch.GroupBy(v => v.GroupId).Select(group => group.GroupBy(v => v.ItemId)
                        .Select(IReadOnlyList<double> (image) => [.. image.Select(v => v.Value!.Value)]).ToList())])),
        ];
    }

    /// <param name="scale">The options that there are; the interval stays between their values, and is not empty where all groups were
    /// given the same.</param>
    /// <param name="groups">What each image of each group was given, by one person or more.</param>
    public static MeanScores Of(int epoch, IReadOnlyList<Choice> scale, IReadOnlyList<IReadOnlyList<IReadOnlyList<double>>> groups)
    {
        var clusters = groups.Select(images => new Cluster(
            images.Sum(image => image.Average()), images.Count, images.Count, images.Sum(image => image.Count))).ToList();
        var (mean, half) = Cluster.Mean(clusters);
        var least = scale.Min(choice => choice.Value) ?? double.NegativeInfinity;
        var most = scale.Max(choice => choice.Value) ?? double.PositiveInfinity;
        var (low, high) = (Math.Max(mean - half, least), Math.Min(mean + half, most));
        if (half == 0 && groups.Count > 1 && double.IsFinite(least))
        {
            // All the same so far: as many others may be among the next as Wilson allows, at the ends of the scale.
            var others = Proportion.Wilson(0, groups.Count).High;
            (low, high) = (mean - others * Math.Max(0, mean - least), mean + others * Math.Max(0, most - mean));
        }
        return new(epoch, clusters.Sum(c => (int)c.Votes), groups.Count, mean, low, high);
    }
}
