using Labeler.Shared.Projects;
using Labeler.Shared.Voting;

namespace Labeler.Shared.Statistics;

/// <summary>Mean of the scores that one epoch's images were given, with the 95 % interval of the normal approximation.</summary>
/// <param name="Low">The mean itself where only one score was given.</param>
public sealed record MeanScores(int Epoch, int Votes, double Mean, double Low, double High)
{
    private const double Z95 = 1.959964;

    public static async Task<IReadOnlyList<MeanScores>> Read(LabelerDb db, long projectId, CancellationToken cancel = default)
    {
        var rows = await db.Votes.Effective().Where(v => v.ProjectId == projectId && v.Item!.Use == ItemUse.Training && v.Score != null)
            .Join(db.Epochs, v => v.EpochId, e => e.Id, (v, e) => new { e.Number, Score = v.Score!.Value })
            .GroupBy(v => v.Number)
                .Select(g => new { Number = g.Key, Count = g.Count(), Sum = g.Sum(v => v.Score), Squares = g.Sum(v => v.Score * v.Score) })
            .OrderBy(r => r.Number).ToListAsync(cancel);
        return [.. rows.Select(r => Of(r.Number, r.Count, r.Sum, r.Squares))];
    }

    /// <param name="squares">Sum of the squared scores.</param>
    internal static MeanScores Of(int epoch, int count, double sum, double squares)
    {
        var mean = sum / count;
        var variance = count > 1 ? Math.Max(0, (squares - sum * mean) / (count - 1)) : 0;
        var half = Z95 * Math.Sqrt(variance / count);
        return new(epoch, count, mean, mean - half, mean + half);
    }

    /// <summary>The same with an interval that stays on the scale, which the normal approximation leaves where there are few
    /// scores.</summary>
    public MeanScores Within(IReadOnlyList<Choice> scale)
    {
        var (least, most) =
            (scale.Min(choice => choice.Value) ?? double.NegativeInfinity, scale.Max(choice => choice.Value) ?? double.PositiveInfinity);
        return this with { Low = Math.Max(Low, least), High = Math.Min(High, most) };
    }
}
