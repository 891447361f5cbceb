using Labeler.TrainingEngine.Training.Data;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Algorithms.D3po;

/// <summary>
/// Preferences cleared of what the images' colors explain. An image's score s is the weight of the pairs that it won less that of
/// those it lost; where ratios are near 1, D3PO's gradient is −½β·Σ s·∇log π, so an epoch moves the mean of anything that images have
/// by its covariance with s. Here s gives up its least-squares fit by the channels' means of the finished latents, both centered in
/// their groups: what is left has no covariance with them. The pairs of a group of n become all (i, j) with s_i &gt; s_j, of weight
/// (s_i − s_j)/n, which add up to the same scores; without a fit they are the pairs as they were, where these set winners against losers.
/// </summary>
public static class ColorBlindVotes
{
    // Of the largest weight: what rounding leaves of a tie.
    private const double Nothing = 1e-6;

    /// <summary>Images, less one a group, that each channel needs: a fit to fewer would take more of the votes away than colors.</summary>
    public const int ImagesPerChannel = 4;

    /// <summary>The preferences that are left, or all of them where the images are too few for a fit.</summary>
    /// <param name="preferences">Groups that pairs join are one group.</param>
    /// <param name="colors">By group [images][channels]: means of the channels of the finished latent.</param>
    public static IReadOnlyList<PreferencePair> Of(IReadOnlyList<PreferencePair> preferences, Func<int, double[][]> colors)
    {
        var groups = PreferencePair.Joined(preferences).Select(pairs => Scored(pairs, colors)).ToArray();
        if (groups.Sum(group => group.Images.Length - 1) < ImagesPerChannel * groups[0].Colors[0].Length)
        {
            return preferences;
        }
        using var scope = NewDisposeScope();
        var fitted = Fitted(
            Stacked([.. groups.SelectMany(group => group.Colors)]),
            Stacked([.. groups.SelectMany(group => group.Scores.Select(one => new[] { one }))]));
        var (pairs, first) = (new List<PreferencePair>(), 0);
        foreach (var (images, scores, _) in groups)
        {
            pairs.AddRange(Pairs(images, [.. scores.Select((score, image) => score - fitted[first + image])]));
            first += images.Length;
        }
        var least = pairs.Select(pair => pair.Weight).DefaultIfEmpty().Max() * Nothing;
        return [.. pairs.Where(pair => pair.Weight > least)];
    }

    private static ((int Group, int Image)[] Images, double[] Scores, double[][] Colors) Scored(
        PreferencePair[] pairs, Func<int, double[][]> colors)
    {
        var images = PreferencePair.ImagesOf(pairs);
        var scores = images.ToDictionary(image => image, _ => 0.0);
        foreach (var pair in pairs)
        {
            scores[(pair.Group, pair.Winner)] += pair.Weight;
            scores[(pair.LoserGroup, pair.Loser)] -= pair.Weight;
        }
        var own = images.GroupBy(image => image.Group)
            .SelectMany(group => colors(group.Key) is var all ? group.Select(image => all[image.Image]) : []).ToArray();
        var mean = own[0].Select((_, channel) => own.Average(one => one[channel])).ToArray();
        return (images, [.. images.Select(image => scores[image])],
            [.. own.Select(one => one.Zip(mean, (value, of) => value - of).ToArray())]);
    }

    // The pseudo-inverse leaves out channels that never differ.
    private static double[] Fitted(Tensor colors, Tensor scores) =>
        colors.mm(linalg.pinv(colors).mm(scores)).data<double>().ToArray();

    private static Tensor Stacked(double[][] rows) => tensor([.. rows.SelectMany(row => row)], [rows.Length, rows[0].Length], float64);

    private static IEnumerable<PreferencePair> Pairs((int Group, int Image)[] images, double[] scores) =>
        from winner in Enumerable.Range(0, images.Length)
        from loser in Enumerable.Range(0, images.Length)
        where scores[winner] > scores[loser]
        let across = images[winner].Group == images[loser].Group ? (int?)null : images[loser].Group
        select new PreferencePair(
            images[winner].Group, images[winner].Image, images[loser].Image, (scores[winner] - scores[loser]) / images.Length)
        { Across = across };
}
