using Labeler.Shared.Statistics;

namespace Labeler.Bench.Figures;

/// <summary>A leaderboard of models whose strengths are known, made again and again.</summary>
/// <param name="Clustered">Share of the 95 % intervals of ratings that hold the true one, drawn over pictures.</param>
/// <param name="Independent">The same where every vote is drawn for itself.</param>
/// <param name="Bias">Mean error of the ratings of the strongest.</param>
internal sealed record RankedModels(double Clustered, double Independent, double Bias)
{
    /// <param name="ratings">True ones, whose mean is 1000.</param>
    /// <param name="pictures">Prompts and noises over which every two meet.</param>
    /// <param name="raters">Who judge every meeting.</param>
    /// <param name="alike">How much the raters of one picture agree beyond chance: how often one says what the first said.</param>
    public static RankedModels Judge(IReadOnlyList<double> ratings, int pictures, int raters, double alike, int repetitions, int seed)
    {
        var random = new Random(seed);
        var (covered, alone, bias) = (0, 0, 0.0);
        for (var n = 0; n < repetitions; n++)
        {
            var meetings = Meetings(random, ratings, pictures, raters, alike).ToList();
            var rows = LeaderboardRow.Of(meetings, repetitions: 200, seed: n);
            covered += rows.Count(row => Holds(row, ratings));
            bias += rows.Single(row => row.Contestant == 0).Rating - ratings[0];
            alone += LeaderboardRow.Of([.. meetings.SelectMany(Single)], repetitions: 200, seed: n).Count(row => Holds(row, ratings));
        }
        double all = repetitions * ratings.Count;
        return new(covered / all, alone / all, bias / repetitions);
    }

    private static bool Holds(LeaderboardRow row, IReadOnlyList<double> ratings) =>
        row.Low <= ratings[row.Contestant] && ratings[row.Contestant] <= row.High;

    private static IEnumerable<DuelMeeting> Meetings(Random random, IReadOnlyList<double> ratings, int pictures, int raters, double alike)
    {
        for (var picture = 0; picture < pictures; picture++)
        {
            for (var one = 0; one < ratings.Count; one++)
            {
                for (var other = one + 1; other < ratings.Count; other++)
                {
                    var share = 1 / (1 + Math.Pow(10, (ratings[other] - ratings[one]) / 400));
                    var first = random.NextDouble() < share;
                    var wins = Enumerable.Range(0, raters).Count(rater =>
                        rater == 0 || random.NextDouble() < alike ? first : random.NextDouble() < share);
                    yield return new(one, other, wins, raters - wins, 0, 0, picture);
                }
            }
        }
    }

    // Every vote a picture of its own.
    private static IEnumerable<DuelMeeting> Single(DuelMeeting meeting) =>
        Enumerable.Range(0, meeting.ForFirst + meeting.ForSecond).Select(vote =>
            new DuelMeeting(meeting.First, meeting.Second, vote < meeting.ForFirst ? 1 : 0, vote < meeting.ForFirst ? 0 : 1, 0, 0));
}
