using Labeler.TrainingEngine.Algorithms.D3po;
using Labeler.TrainingEngine.Training.Data;

namespace Labeler.TrainingEngine.Tests.Algorithms.D3po;

public sealed class ColorBlindVotesTests
{
    private const int Groups = 6, Images = 5, Channels = 2;
    private readonly Random _random = new(11);
    private readonly double[][][] _colors;
    private readonly double[][] _verdicts;

    public ColorBlindVotesTests()
    {
        _colors = [.. Enumerable.Range(0, Groups).Select(_ => Rows(() => _random.NextDouble()))];
        // The brighter of two images tends to be the better one.
        _verdicts = [.. _colors.Select(group => Array.ConvertAll(group, image => image[0] + (0.5 * _random.NextDouble()) > 0.7 ? 0.0 : -1))];
    }

    [Fact]
    public void What_is_left_of_the_votes_has_no_covariance_with_the_colors()
    {
        var votes = PreferencePair.FromVerdicts(_verdicts);

        var left = ColorBlindVotes.Of(votes, group => _colors[group]);

        var (before, after) = (Covariances(votes), Covariances(left));
        Assert.True(before[0] > 1, $"{before[0]}");
        Assert.All(after, covariance => Assert.Equal(0, covariance, 1e-9));
        Assert.All(left, pair => Assert.True(pair.Weight > 0 && pair.Across is null));
        // They still agree with most of the votes.
        Assert.True(votes.Average(vote => left.Any(pair => (pair.Group, pair.Winner, pair.Loser) == (vote.Group, vote.Winner, vote.Loser)) ? 1.0 : 0) > 0.7);
    }

    [Fact]
    public void Where_all_images_of_a_group_have_one_color_the_votes_stay_what_they_were()
    {
        var votes = PreferencePair.FromVerdicts(_verdicts);

        var left = ColorBlindVotes.Of(votes, group => [.. Enumerable.Repeat(_colors[group][0], Images)]);

        Assert.Equal(Rounded(votes), Rounded(left));
    }

    [Fact]
    public void Groups_that_pairs_join_are_cleared_together()
    {
        _verdicts[0] = [0, 0, 0, 0, 0];
        _verdicts[1] = [-1, -1, -1, -1, -1];
        PreferencePair[] votes =
        [
            .. PreferencePair.FromVerdicts(_verdicts),
            .. from winner in Enumerable.Range(0, Images) from loser in Enumerable.Range(0, Images) select new PreferencePair(0, winner, loser) { Across = 1 },
        ];

        var left = ColorBlindVotes.Of(votes, group => _colors[group]);
        var plain = ColorBlindVotes.Of(votes, _ => Rows(() => 0.5));

        Assert.All(Covariances(left, joined: [0, 1]), covariance => Assert.Equal(0, covariance, 1e-9));
        Assert.Contains(left, pair => pair is { Group: 0, Across: 1 });
        Assert.Equal(Rounded(votes), Rounded(plain));
    }

    [Fact]
    public void Too_few_images_for_a_fit_are_learned_from_as_they_were_judged()
    {
        PreferencePair[] votes = [.. PreferencePair.FromVerdicts(0, [-1, 0, 0, 0, -1])];

        Assert.Same(votes, ColorBlindVotes.Of(votes, group => _colors[group]));
    }

    private static double[][] Rows(Func<double> value) =>
        [.. Enumerable.Range(0, Images).Select(_ => Enumerable.Range(0, Channels).Select(_ => value()).ToArray())];

    private static IEnumerable<string> Rounded(IEnumerable<PreferencePair> pairs) =>
        pairs.Select(pair => $"{pair.Group} {pair.Winner} over {pair.LoserGroup} {pair.Loser}: {pair.Weight:0.000000}").Order();

    // Of each channel with the images' scores; both are centered in groups, or in two that are joined.
    private double[] Covariances(IReadOnlyList<PreferencePair> pairs, int[]? joined = null)
    {
        double Score(int group, int image) => pairs.Sum(pair =>
            ((pair.Group, pair.Winner) == (group, image) ? pair.Weight : 0) - ((pair.LoserGroup, pair.Loser) == (group, image) ? pair.Weight : 0));
        double Mean(int group, int channel) =>
            (joined is not null && joined.Contains(group) ? joined : [group]).Average(one => _colors[one].Average(image => image[channel]));
        return [.. Enumerable.Range(0, Channels).Select(channel => Enumerable.Range(0, Groups).Sum(group =>
            Enumerable.Range(0, Images).Sum(image => Score(group, image) * (_colors[group][image][channel] - Mean(group, channel)))))];
    }
}
