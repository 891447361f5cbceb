using Labeler.Shared.Training;
using Labeler.Shared.Voting;

namespace Labeler.Shared.Statistics;

/// <summary>How much the votes of one epoch could teach.</summary>
/// <param name="Pairs">Usable pairs: as frozen for training, else as they are now.</param>
/// <param name="Votes">Effective judgements.</param>
public sealed record SignalYield(int Epoch, int Pairs, int Votes)
{
    public double PairsPerVote => Votes == 0 ? 0 : (double)Pairs / Votes;

    /// <param name="which">Null for all votes; epochs that they are not of are left out.</param>
    public static async Task<IReadOnlyList<SignalYield>> Read(
        LabelerDb db, long projectId, CancellationToken cancel = default, WhichVotes? which = null)
    {
        var votes = await (which ?? WhichVotes.All).Of(db.Votes.Effective()).Where(v => v.ProjectId == projectId).GroupBy(v => v.EpochId)
            .Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, cancel);
        var yields = new List<SignalYield>();
        foreach (var epoch in await db.Epochs.AsNoTracking().Where(e => e.ProjectId == projectId)
            .Where(e => which == null || which.Epochs == null || which.Epochs.Contains(e.Id)).OrderBy(e => e.Number).ToListAsync(cancel))
        {
            var pairs = epoch.Signal ?? (votes.ContainsKey(epoch.Id) ? (await TrainingPlan.Make(db, epoch, cancel)).Signal : 0);
            yields.Add(new(epoch.Number, pairs, votes.GetValueOrDefault(epoch.Id)));
        }
        return yields;
    }
}
