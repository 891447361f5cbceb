namespace Labeler.Shared.Statistics;

/// <summary>A checkpoint among all that it can be compared with, as arenas show it.</summary>
/// <param name="Contestant">Its number in the meetings.</param>
/// <param name="Rank">1 and the number of those whose whole interval lies above its own: who cannot be told apart share a rank.</param>
/// <param name="Rating">1000 + 400·log10 of its Bradley–Terry strength, the mean of all being 1000: 400 more win ten of eleven.</param>
/// <param name="Low">Lower end of the 95 % interval; NaN where all is about one picture.</param>
/// <param name="High">Its upper end.</param>
/// <param name="Overall">Share of votes, and of pairs won by more than half of their raters, against all.</param>
public sealed record LeaderboardRow(int Contestant, int Rank, double Rating, double Low, double High, DuelResults Overall)
{
    private const double Middle = 1000, PointsPerUnit = 400 / 2.302585092994046, Z95 = 1.959963984540054;

    /// <summary>Times that the pictures are drawn anew, with replacement.</summary>
    public const int Repetitions = 400;

    /// <summary>All that take part, the strongest first. Intervals are from the bootstrap over pictures (B. Efron, Annals of Statistics 7,
    /// 1979): what was said about one prompt and noise is drawn together, however many people said it of however many pairs. As few
    /// pictures make its quantiles too narrow, they are widened by √(n/(n − 1)) and Student's t; and each draw has besides a picture of
    /// every two who met, won by either by chance, as what nobody has contradicted yet is not certain.</summary>
    /// <param name="meetings">Of contestants who are all connected by meetings.</param>
    public static IReadOnlyList<LeaderboardRow> Of(IReadOnlyList<DuelMeeting> meetings, int repetitions = Repetitions, int seed = 1)
    {
        var overall = DuelResults.Of(meetings).Where(result => result.Against is null).ToList();
        var places = overall.Select((result, place) => (result.Contestant, place)).ToDictionary(one => one.Contestant, one => one.place);
        if (places.Count == 0)
        {
            return [];
        }
        var pictures = meetings.Select((meeting, number) => (meeting, Picture: meeting.Picture ?? -1L - number))
            .GroupBy(one => one.Picture, one => one.meeting).Select(of => of.ToList()).ToList();
        var strengths = Strengths.Of(Won(pictures, places));
        var drawn = Drawn(pictures, places, strengths, repetitions, seed);
        var widened = pictures.Count < 2 ? double.NaN
            : StudentT.Of(pictures.Count - 1) / Z95 * Math.Sqrt(pictures.Count / (pictures.Count - 1.0));
        var rows = overall.Select((result, place) =>
        {
            var (low, high) = Quantiles([.. drawn.Select(one => one[place])]);
            double Rating(double strength) => Middle + PointsPerUnit * strength;
            return new LeaderboardRow(result.Contestant, 0, Rating(strengths[place]),
                Rating(strengths[place] - widened * Math.Max(0, strengths[place] - low)),
                Rating(strengths[place] + widened * Math.Max(0, high - strengths[place])), result);
        }).ToList();
        return [.. rows.Select(row => row with { Rank = 1 + rows.Count(other => other.Low > row.High) })
            .OrderBy(row => row.Rank).ThenByDescending(row => row.Rating)];
    }

    private static List<double[]> Drawn(List<List<DuelMeeting>> pictures, Dictionary<int, int> places, double[] start, int repetitions,
        int seed)
    {
        var (random, pairs) = (new Random(seed), VotesOfAPicture(pictures, places));
        return [.. Enumerable.Range(0, pictures.Count < 2 ? 0 : repetitions).Select(_ =>
        {
            var won = Won([.. pictures.Select(_ => pictures[random.Next(pictures.Count)])], places);
            foreach (var (one, other, votes) in pairs)
            {
                var (winner, loser) = random.Next(2) == 0 ? (one, other) : (other, one);
                won[winner, loser] += votes;
            }
            return Strengths.Of(won, start);
        })];
    }

    // Of every two who met, on average.
    private static List<(int One, int Other, double Votes)> VotesOfAPicture(List<List<DuelMeeting>> pictures,
        Dictionary<int, int> places) =>
        [.. pictures.SelectMany(picture => picture)
            .Select(met => (One: places[Math.Min(met.First, met.Second)], Other: places[Math.Max(met.First, met.Second)],
                Votes: met.ForFirst + met.ForSecond + met.Ties))
            .Where(met => met.Votes > 0).GroupBy(met => (met.One, met.Other))
            .Select(of => (of.Key.One, of.Key.Other, of.Average(met => met.Votes)))];

    // A tie is half a win for each, both bad for neither.
    private static double[,] Won(List<List<DuelMeeting>> pictures, Dictionary<int, int> places)
    {
        var won = new double[places.Count, places.Count];
        foreach (var meeting in pictures.SelectMany(picture => picture))
        {
            var (first, second) = (places[meeting.First], places[meeting.Second]);
            won[first, second] += meeting.ForFirst + meeting.Ties / 2.0;
            won[second, first] += meeting.ForSecond + meeting.Ties / 2.0;
        }
        return won;
    }

    private static (double Low, double High) Quantiles(double[] values)
    {
        Array.Sort(values);
        double At(double share)
        {
            var (place, between) = ((int)(share * (values.Length - 1)), share * (values.Length - 1) % 1);
            return values[place] + between * (values[Math.Min(place + 1, values.Length - 1)] - values[place]);
        }
        return values.Length == 0 ? (double.NaN, double.NaN) : (At(0.025), At(0.975));
    }
}
