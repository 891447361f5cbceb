namespace Labeler.Web.Features.Epochs;

/// <param name="SampledBy">Number of the epoch whose checkpoint sampled it; null for the base model.</param>
/// <param name="OfImages">Whether its signal counts judged images, not pairs.</param>
/// <param name="Reward">What it was trained on in the place of its votes; null where it is trained on these.</param>
public sealed record EpochLine(Epoch Epoch, int? SampledBy, int Groups, int Votes, LearnedReward? Reward,
    bool OfImages)
{
    public static async Task<List<EpochLine>> All(LabelerDb db, FileStore files, long projectId)
    {
        var epochs = await db.Epochs.AsNoTracking().Include(epoch => epoch.SampledBy).Include(epoch => epoch.Checkpoint)
            .Where(epoch => epoch.ProjectId == projectId).OrderByDescending(epoch => epoch.Number).ToListAsync();
        var numbers = epochs.ToDictionary(epoch => epoch.Id, epoch => epoch.Number);
        var groups = await db.Groups.Where(group => group.ProjectId == projectId && group.Use != GroupUse.Evaluation)
            .GroupBy(group => group.EpochId)
            .Select(of => new { of.Key, Count = of.Count() }).ToDictionaryAsync(of => of.Key, of => of.Count);
        var votes = await db.Votes.Effective().Where(vote => vote.ProjectId == projectId).GroupBy(vote => vote.EpochId)
            .Select(of => new { of.Key, Count = of.Count() }).ToDictionaryAsync(of => of.Key, of => of.Count);
        var rewards = await db.LearnedRewards.AsNoTracking().Where(reward => reward.ProjectId == projectId)
            .ToDictionaryAsync(reward => reward.Id);
        var ofImages = new HashSet<long>();
        foreach (var epoch in epochs.Where(epoch => epoch is { Signal: not null, RewardId: null, ManifestHash: not null }))
        {
            // The project's algorithm may be another by now.
            var algorithm = files.Has(epoch.ManifestHash!) ? Manifest.Read(await files.Read(epoch.ManifestHash!)).Algorithm : "";
            if (AlgorithmInfo.Find(algorithm)?.LearnsFrom == LearnsFrom.Verdicts)
            {
                ofImages.Add(epoch.Id);
            }
        }
        return [.. epochs.Select(epoch => new EpochLine(
            epoch, epoch.SampledBy is { } by ? numbers.GetValueOrDefault(by.EpochId) : null, groups.GetValueOrDefault(epoch.Id),
            votes.GetValueOrDefault(epoch.Id),
            epoch.RewardId is { } reward ? rewards.GetValueOrDefault(reward) : null, ofImages.Contains(epoch.Id)))];
    }
}
