namespace Labeler.Web.Features.InstalledRewards;

/// <summary>A picture with what a reward said of it when it was tried.</summary>
public sealed record TriedPicture(string Hash, string Prompt, double? Value)
{
    private const int LatestJobs = 50;

    /// <summary>The newest trial of a reward; null while there was none.</summary>
    public static async Task<Job?> LastTrial(LabelerDb db, long reward, CancellationToken cancel = default) =>
        (await db.Jobs.AsNoTracking().Where(j => j.Kind == JobKind.Score && j.EpochId == null).OrderByDescending(j => j.Id).Take(LatestJobs)
            .ToListAsync(cancel)).Find(j => j.Read<ScoreOrder>().Reward == reward);

    /// <summary>What is scored of a trial's pictures, the best first; without a trial, of any.</summary>
    public static async Task<IReadOnlyList<TriedPicture>> Read(LabelerDb db, long reward, Job? trial, CancellationToken cancel = default)
    {
        var chosen = trial?.Read<ScoreOrder>().Images ?? [];
        return await db.ImageScores.Where(s => s.RewardId == reward && (chosen.Count == 0 || chosen.Contains(s.ImageId)))
            .OrderByDescending(s => s.Value).Take(ScoringWorkflow.MostTried)
            .Join(db.Images, s => s.ImageId, i => i.Id, (s, i) => new { s.Value, i.ContentHash, i.GroupId })
            .Join(db.Groups, s => s.GroupId, g => g.Id, (s, g) => new TriedPicture(s.ContentHash, g.Prompt, s.Value))
            .ToListAsync(cancel);
    }
}
