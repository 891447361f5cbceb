using Labeler.Shared.Statistics;

namespace Labeler.Shared.Tests.Statistics;

public sealed class Intervals_and_agreement_match_published_examples
{
    // R. G. Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
    [Theory]
    [InlineData(81, 263, 0.2553, 0.3662)]
    [InlineData(15, 148, 0.0624, 0.1605)]
    [InlineData(0, 20, 0.0000, 0.1611)]
    [InlineData(1, 29, 0.0061, 0.1718)]
    public void Wilsons_interval_is_Newcombes(int count, int of, double low, double high)
    {
        var proportion = Proportion.Wilson(count, of);
        Assert.Equal((low, high), (Math.Round(proportion.Low, 4), Math.Round(proportion.High, 4)));
    }

    // R. G. Newcombe 1998, Statistics in Medicine 17, p. 873-890, table II (a), method 10.
    [Fact]
    public void The_difference_of_two_shares_has_Newcombes_interval()
    {
        var (now, before) = (Proportion.Wilson(56, 70), Proportion.Wilson(48, 80));
        var change = EpochChange.Of(new(2, "normal", now.Share, now.Low, now.High), new(1, "normal", before.Share, before.Low, before.High));
        Assert.Equal((0.2000, 0.0524, 0.3339), (Math.Round(change.Difference, 4), Math.Round(change.Low, 4), Math.Round(change.High, 4)));
        Assert.False(change.IsWorse);
    }

    [Fact]
    public void Without_observations_anything_is_possible() => Assert.Equal((0, 1), (Proportion.Wilson(0, 0).Low, Proportion.Wilson(0, 0).High));

    [Fact]
    public void Cohens_kappa_of_the_fifty_grant_proposals_is_0_4()
    {
        var labels = Enumerable.Repeat(("yes", "yes"), 20).Concat(Enumerable.Repeat(("yes", "no"), 5)).Concat(Enumerable.Repeat(("no", "yes"), 10)).Concat(Enumerable.Repeat(("no", "no"), 15)).ToList();
        Assert.Equal(0.4, Agreement.Cohen(labels), 12);
    }

    [Fact]
    public void Fleiss_kappa_of_fourteen_raters_and_ten_subjects_is_0_210()
    {
        int[][] table = [[0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1], [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7]];
        var units = table.Select(IReadOnlyList<string> (row) => [.. row.SelectMany((count, label) => Enumerable.Repeat(label.ToString(), count))]).ToList();
        Assert.Equal(0.210, Agreement.Fleiss(units), 3);
        Assert.Equal(0.378, Agreement.Percent(units), 3);
    }

    // K. Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), sections B and C.
    [Theory]
    [InlineData(0.743, "123321412...", "1233224125.3", ".3332342251.", "12332441251.")]
    [InlineData(0.095, "0100000010", "1110010000")]
    public void Krippendorffs_alpha_is_his_own(double alpha, params string[] observers)
    {
        var units = Enumerable.Range(0, observers[0].Length).Select(IReadOnlyList<string> (n) => [.. observers.Select(o => o[n]).Where(c => c != '.').Select(c => c.ToString())]);
        Assert.Equal(alpha, Agreement.Krippendorff(units), 3);
    }

    // The same paper, section E: the four observers of section C with the order of their values.
    [Fact]
    public void Krippendorffs_alpha_of_ordered_values_is_his_own()
    {
        string[] observers = ["123321412...", "1233224125.3", ".3332342251.", "12332441251."];
        var units = Enumerable.Range(0, 12).Select(IReadOnlyList<double> (n) => [.. observers.Select(o => o[n]).Where(c => c != '.').Select(c => (double)(c - '0'))]);
        Assert.Equal(0.815, Agreement.KrippendorffOrdinal(units), 3);
    }

    [Fact]
    public void Scores_are_compared_by_their_order_and_other_labels_are_not()
    {
        Rating Said(long item, int rater, string label, double? value) => new((item, 0), new Guid(rater, 0, 0, new byte[8]), label, value);
        Rating[] scores = [Said(1, 1, "0", 0), Said(1, 2, "1", 1), Said(2, 1, "10", 10), Said(2, 2, "6", 6)];
        Assert.Equal(Agreement.KrippendorffOrdinal([[0, 1], [10, 6]]), AgreementFigures.Of(scores).Krippendorff, 12);
        Assert.Equal(Agreement.Krippendorff([["0", "1"], ["10", "6"]]), AgreementFigures.Of([.. scores.Select(s => s with { Value = null })]).Krippendorff, 12);
    }

    [Fact]
    public void Nothing_is_claimed_where_nobody_met()
    {
        IReadOnlyList<string>[] alone = [["a"], ["b"]];
        Assert.True(double.IsNaN(Agreement.Percent(alone)) && double.IsNaN(Agreement.Krippendorff(alone)) && double.IsNaN(Agreement.Fleiss(alone)));
    }
}
