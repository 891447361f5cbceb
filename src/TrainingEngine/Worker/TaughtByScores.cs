using Labeler.Shared.Training;
using Labeler.TrainingEngine.Training.Data;

namespace Labeler.TrainingEngine.Worker;

/// <summary>What a manifest with a reward's scores teaches: by these alone, or together with people's votes.</summary>
internal static class TaughtByScores
{
    /// <param name="votes">The pairs that people's votes gave; none where they teach nothing.</param>
    /// <returns>Pairs with the weights of their teachers. An image's reward is its score where votes teach nothing, else the sum of both
    /// with these weights.</returns>
    public static JudgedEpoch Of(IReadOnlyList<ManifestGroup> groups, IReadOnlyList<string> trajectories,
        IReadOnlyList<PreferencePair> votes, ManifestTeacher teacher)
    {
        var scores = ScoresOf(groups);
        return new JudgedEpoch(trajectories, [.. groups.Select(group => group.Prompt)], RewardsOf(groups, teacher))
        {
            Preferences =
            [
                .. votes.Select(pair => pair with { Weight = teacher.VotesWeight * pair.Weight }),
                .. PreferencePair.FromVerdicts(scores).Select(pair => pair with { Weight = teacher.Weight * pair.Weight }),
            ],
        };
    }

    /// <summary>What each image is worth; NaN where neither a score nor a vote says so.</summary>
    public static IReadOnlyList<double[]> RewardsOf(IReadOnlyList<ManifestGroup> groups, ManifestTeacher teacher)
    {
        var scores = ScoresOf(groups);
        if (teacher.VotesWeight == 0)
        {
            return scores;
        }
        var judged = ManifestEpoch.RewardsOf(groups);
        return [.. scores.Zip(judged, (scored, voted) => scored.Zip(voted, (score, vote) => (double.IsNaN(score), double.IsNaN(vote)) switch
        {
            (true, true) => double.NaN,
            (true, false) => teacher.VotesWeight * vote,
            (false, true) => teacher.Weight * score,
            _ => (teacher.Weight * score) + (teacher.VotesWeight * vote),
        }).ToArray())];
    }

    private static IReadOnlyList<double[]> ScoresOf(IReadOnlyList<ManifestGroup> groups) =>
        [.. groups.Select(group => group.Scores is { } scores ? scores.Select(score => score ?? double.NaN).ToArray()
            : [.. group.Images.Select(_ => double.NaN)])];
}
