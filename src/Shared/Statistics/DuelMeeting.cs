using Labeler.Shared.Evaluations;
using Labeler.Shared.Voting;

namespace Labeler.Shared.Statistics;

/// <summary>Two checkpoints' pictures of one prompt side by side, and how everybody who saw them voted.</summary>
/// <param name="First">A checkpoint's place in the plan.</param>
/// <param name="Second">The other's.</param>
/// <param name="ForFirst">Votes for the first one's picture.</param>
/// <param name="ForSecond">Votes for the second one's.</param>
/// <param name="Picture">The prompt and noise: where several checkpoints meet over one, those meetings are not independent. Null where no
/// other meeting has the same.</param>
public sealed record DuelMeeting(int First, int Second, int ForFirst, int ForSecond, int Ties, int BothBad, long? Picture = null)
{
    /// <summary>Those of an evaluation.</summary>
    public static Task<IEnumerable<DuelMeeting>> OfEvaluation(LabelerDb db, Evaluation evaluation, CancellationToken cancel = default)
    {
        var plan = evaluation.Plan;
        var votes = db.Votes.Where(v => v.ProjectId == evaluation.ProjectId && v.Item!.Use == ItemUse.Training && v.Item.SecondId != null);
        return Read(db, votes, group => (plan.At(group.Number).Contestant, group.Number % plan.PicturesEach), cancel);
    }

    /// <summary>Those of a pair project's epochs, whose numbers are the contestants.</summary>
    public static async Task<IEnumerable<DuelMeeting>> OfEpochs(
        LabelerDb db, long projectId, CancellationToken cancel = default, WhichVotes? which = null)
    {
        var numbers = await db.Epochs.Where(e => e.ProjectId == projectId).ToDictionaryAsync(e => e.Id, e => e.Number, cancel);
        var votes = (which ?? WhichVotes.All).Of(db.Votes).Where(v => v.ProjectId == projectId && v.Item!.Use == ItemUse.Duel);
        return await Read(db, votes, group => (numbers[group.Epoch], group.Number), cancel);
    }

    private static async Task<IEnumerable<DuelMeeting>> Read(LabelerDb db, IQueryable<Vote> votes,
        Func<(long Epoch, int Number), (int Contestant, long Picture)> place, CancellationToken cancel)
    {
        var items = await votes.Effective()
            .Join(db.Groups, v => v.Item!.First!.GroupId, g => g.Id, (v, g) => new { Vote = v, First = g })
            .Join(db.Groups, v => v.Vote.Item!.Second!.GroupId, g => g.Id, (v, g) => new { v.Vote, v.First, Second = g })
            .GroupBy(
                v => new
                {
                    v.Vote.ItemId,
                    FirstEpoch = v.First.EpochId,
                    First = v.First.Number,
                    SecondEpoch = v.Second.EpochId,
                    Second = v.Second.Number
                })
            .Select(g => new
            {
                g.Key,
                ForFirst = g.Count(v => v.Vote.Choice == "first"),
                ForSecond = g.Count(v => v.Vote.Choice == "second"),
                Ties = g.Count(v => v.Vote.Choice == "tie"),
                BothBad = g.Count(v => v.Vote.Choice == "bothBad"),
            }).ToListAsync(cancel);
        return items.Select(i =>
        {
            var (first, second) = (place((i.Key.FirstEpoch, i.Key.First)), place((i.Key.SecondEpoch, i.Key.Second)));
            return new DuelMeeting(first.Contestant, second.Contestant, i.ForFirst, i.ForSecond, i.Ties, i.BothBad, first.Picture);
        });
    }
}
