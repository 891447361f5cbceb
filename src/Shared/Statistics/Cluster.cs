namespace Labeler.Shared.Statistics;

/// <summary>
/// What was said about pictures that resemble each other, as those of one group do, which share prompt and noise. Several people's votes on
/// one picture, and pictures of one group, are not independent: intervals come from how much clusters differ (the sandwich estimate for a
/// ratio of totals, W. G. Cochran, Sampling Techniques, 1977, 6.4), with Student's t for their number less one.
/// </summary>
/// <param name="Sum">What counts in it: votes for, images flagged, or scores added up.</param>
/// <param name="Of">What it is a part of, in the same unit; for scores their number.</param>
/// <param name="Pictures">Pictures, or pairs of them, that were judged.</param>
/// <param name="Votes">Single judgements of them.</param>
public readonly record struct Cluster(double Sum, double Of, double Pictures, double Votes)
{
    private const double Z95 = 1.959963984540054;

    /// <summary>
    /// The share of all, with a Wilson interval on the number of independent judgements that would vary as much as the clusters do
    /// (N. Dean and M. Pagano, Journal of Survey Statistics and Methodology 3, 2015). It is never narrower than if every judgement were
    /// independent. Where all or nothing counts the clusters cannot tell how alike they are, and pictures are taken for independent; where
    /// there is one cluster alone it weighs no more than one judgement.
    /// </summary>
    public static Proportion Share(IEnumerable<Cluster> clusters)
    {
        var all = clusters.Where(c => c.Of > 0).ToList();
        var (sum, of) = (all.Sum(c => c.Sum), all.Sum(c => c.Of));
        if (of == 0)
        {
            return Proportion.Wilson(0, 0);
        }
        // Averages over people add up to one only as far as floating point goes.
        sum = Math.Clamp(sum, 0, of);
        var share = sum / of;
        if (share is < 1e-12 or > 1 - 1e-12)
        {
            return Proportion.Wilson(sum, of, all.Sum(c => c.Pictures));
        }
        if (all.Count == 1)
        {
            return Proportion.Wilson(sum, of, 1);
        }
        var narrowed = Z95 / StudentT.Of(all.Count - 1);
        var independent = Math.Min(all.Sum(c => c.Votes), share * (1 - share) / Variance(all, share, of));
        return Proportion.Wilson(sum, of, independent * narrowed * narrowed);
    }

    /// <summary>The mean over all, and half the width of its interval: 0 where there is one cluster alone, or no difference between
    /// them.</summary>
    public static (double Mean, double Half) Mean(IReadOnlyList<Cluster> clusters)
    {
        var of = clusters.Sum(c => c.Of);
        var mean = clusters.Sum(c => c.Sum) / of;
        return clusters.Count < 2 ? (mean, 0)
            : (mean, StudentT.Of(clusters.Count - 1) * Math.Sqrt(Variance(clusters, mean, of)));
    }

    private static double Variance(IReadOnlyCollection<Cluster> clusters, double share, double of)
    {
        double n = clusters.Count;
        return n / (n - 1) * clusters.Sum(c => (c.Sum - share * c.Of) * (c.Sum - share * c.Of)) / (of * of);
    }
}
