using Labeler.Bench.Figures;
using Labeler.Shared.Statistics;

namespace Labeler.Shared.Tests.Statistics;

public sealed class Checkpoints_are_ranked
{
    // A. Agresti, Categorical Data Analysis (2002), table 10.10 and section 10.6.1: the American League of 1987, with the fitted
    // strengths of Milwaukee, Detroit, Toronto, New York, Boston and Cleveland above Baltimore's.
    private static readonly double[,] League =
    {
        { 0, 7, 9, 7, 7, 9, 11 }, { 6, 0, 7, 5, 11, 9, 9 }, { 4, 6, 0, 7, 7, 8, 12 }, { 6, 8, 6, 0, 6, 7, 10 }, { 6, 2, 6, 7, 0, 7, 12 },
        { 4, 4, 5, 6, 6, 0, 6 }, { 2, 4, 1, 3, 1, 7, 0 },
    };

    private static readonly double[] True = [1180, 1060, 1000, 920, 840];

    [Fact]
    public void Strengths_are_the_published_ones_of_a_published_table()
    {
        var strengths = Strengths.Of(League, draws: 1e-9);
        Assert.Equal([1.58, 1.44, 1.29, 1.25, 1.11, 0.68, 0], strengths.Select(one => Math.Round(one - strengths[6], 2)));
    }

    [Fact]
    public void Two_who_met_have_the_log_odds_between_them_and_ratings_around_a_thousand()
    {
        // Three of four for the first, among so many that the draw does not matter: 400·log10(3) points.
        var rows = LeaderboardRow.Of([new(0, 1, 30_000, 10_000, 0, 0, 1), new(0, 1, 30_000, 10_000, 0, 0, 2)]);
        Assert.Equal(400 * Math.Log10(3), rows[0].Rating - rows[1].Rating, 1);
        Assert.Equal(1000, rows.Average(row => row.Rating), 6);
        Assert.Equal((0, 1, 0.75), (rows[0].Contestant, rows[0].Rank, rows[0].Overall.Wins.Share));
    }

    [Fact]
    public void A_tie_is_half_a_win_for_each_and_both_bad_says_nothing()
    {
        var rows = LeaderboardRow.Of([new(0, 1, 0, 0, 9, 0, 1), new(0, 1, 4, 4, 0, 7, 2)]);
        Assert.All(rows, row => Assert.Equal((1000, 1), (Math.Round(row.Rating, 6), row.Rank)));
    }

    [Fact]
    public void Who_won_everything_has_a_rating_that_can_be_drawn()
    {
        var rows = LeaderboardRow.Of([.. Enumerable.Range(0, 40).Select(picture => new DuelMeeting(0, 1, 5, 0, 0, 0, picture))]);
        Assert.InRange(rows[0].Rating - rows[1].Rating, 400, 4000);
        Assert.All(rows, row => Assert.True(double.IsFinite(row.Low) && double.IsFinite(row.High)));
        Assert.True(double.IsNaN(LeaderboardRow.Of([new(0, 1, 5, 0, 0, 0, 1)])[0].Low));
    }

    [Fact]
    public void Who_cannot_be_told_apart_shares_a_rank_and_more_raters_of_the_same_pictures_who_agree_tell_no_more()
    {
        static IReadOnlyList<LeaderboardRow> Ranked(int raters) =>
            LeaderboardRow.Of([.. Enumerable.Range(0, 20).Select(n => new DuelMeeting(0, 1, n % 5 < 3 ? raters : 0, n % 5 < 3 ? 0 : raters, 0, 0, n))]);
        Assert.All(Ranked(1), row => Assert.Equal(1, row.Rank));
        Assert.All(Ranked(20), row => Assert.Equal(1, row.Rank));
    }

    [Fact]
    public void What_three_pictures_say_with_one_voice_is_not_certain_and_what_forty_say_is()
    {
        static IReadOnlyList<LeaderboardRow> Ranked(int pictures) =>
            LeaderboardRow.Of([.. Enumerable.Range(0, pictures).Select(picture => new DuelMeeting(0, 1, 2, 0, 0, 0, picture))]);
        Assert.Equal([1, 1], Ranked(3).Select(row => row.Rank));
        Assert.Equal([1, 2], Ranked(40).Select(row => row.Rank));
    }

    [Fact]
    public void Known_strengths_are_found_again_and_the_intervals_over_pictures_hold_them()
    {
        var ranked = RankedModels.Judge(True, pictures: 60, raters: 5, alike: 0.5, repetitions: 60, seed: 1);
        Assert.InRange(ranked.Bias, -10, 10);
        Assert.InRange(ranked.Clustered, 0.92, 0.98);
        Assert.True(ranked.Independent < 0.9, $"{ranked.Independent}");
    }
}
