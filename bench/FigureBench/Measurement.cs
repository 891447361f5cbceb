using Labeler.Shared.Epochs;
using Labeler.Shared.Projects;
using Labeler.Shared.Statistics;

namespace Labeler.Bench.Figures;

/// <summary>One task's figure of an epoch, as the product makes it and as if every vote (of flags every image) were independent.</summary>
/// <param name="Shares">How often each option is the true one.</param>
/// <param name="Expected">The figure's value in the long run, given how often each option is said.</param>
internal sealed record Measurement(
    string Task, IReadOnlyList<double> Shares, Func<IReadOnlyList<double>, double> Expected,
    Func<IReadOnlyList<IReadOnlyList<IReadOnlyList<int>>>, Interval> Clustered,
    Func<IReadOnlyList<IReadOnlyList<IReadOnlyList<int>>>, Interval> Independent)
{
    private const double Z95 = 1.959964;

    public static IReadOnlyList<Measurement> All { get; } =
    [
        Valued("scores", Scale.Rubric, [0.1, 0.1, 0.2, 0.3, 0.3]),
        Valued("categories", Scale.Labels, [0.5, 0.3, 0.2]),
        new("flags", [0.7, 0.3], said => said[0], epoch => Interval.Of(Rates(epoch)), epoch =>
        {
            var images = epoch.SelectMany(group => group).ToList();
            return Interval.Of(Proportion.Wilson(images.Sum(image => image.Count(flag => flag == 0) / (double)image.Count), images.Count));
        }),
        new("pairs", [0.5, 0.5], said => said[0], epoch => Interval.Of(Duel(epoch)), epoch =>
        {
            var votes = epoch.SelectMany(group => group.SelectMany(pair => pair)).ToList();
            return Interval.Of(Proportion.Wilson(votes.Count(vote => vote == 0), votes.Count));
        }),
    ];

    private static Measurement Valued(string task, IReadOnlyList<Choice> scale, IReadOnlyList<double> shares) => new(
        task, shares, said => said.Select((share, option) => share * scale[option].Value!.Value).Sum(),
        epoch =>
        {
            var scores = MeanScores.Of(1, scale, [.. epoch.Select(IReadOnlyList<IReadOnlyList<double>> (group) =>
                [.. group.Select(IReadOnlyList<double> (image) => [.. image.Select(option => scale[option].Value!.Value)])])]);
            return new(scores.Mean, scores.Low, scores.High);
        },
        epoch =>
        {
            var votes = epoch.SelectMany(group => group.SelectMany(image => image.Select(option => scale[option].Value!.Value))).ToList();
            var mean = votes.Average();
            var half = Z95 * Math.Sqrt(votes.Sum(vote => (vote - mean) * (vote - mean)) / (votes.Count - 1) / votes.Count);
            return new(mean, mean - half, mean + half);
        });

    private static Proportion Rates(IReadOnlyList<IReadOnlyList<IReadOnlyList<int>>> epoch) => EpochRates.Of(
        1, 1, EpochState.Labeling,
        [.. epoch.Select(group => new JudgedGroup(group[0].Count, group.Sum(image => image.Count), group.Sum(image => image.Sum()), 0))])
        .Normal;

    private static Proportion Duel(IReadOnlyList<IReadOnlyList<IReadOnlyList<int>>> epoch) =>
        DuelResults.Of(epoch.SelectMany((group, number) => group.Select(pair =>
            new DuelMeeting(1, 0, pair.Count(vote => vote == 0), pair.Count(vote => vote == 1), 0, 0, number))))
            .Single(duel => duel is { Contestant: 1, Against: 0 }).Wins;
}

internal readonly record struct Interval(double Value, double Low, double High)
{
    public static Interval Of(Proportion share) => new(share.Share, share.Low, share.High);
}
