namespace Labeler.Web.Features.Epochs;

/// <summary>What an epoch's model was trained on.</summary>
/// <param name="Votes">In words, where votes or the scores of a reward taught; null where nothing has yet.</param>
/// <param name="Reward">The learned reward that taught in the place of its votes; null where there was none.</param>
public sealed record EpochTeaching(FormattableString? Votes, LearnedReward? Reward)
{
    public static EpochTeaching None { get; } = new(null, null);

    /// <summary>Fills it in for rows of one project.</summary>
    public static async Task Read(LabelerDb db, FileStore files, IReadOnlyList<EpochRow> rows, CancellationToken cancel)
    {
        var ids = rows.Select(row => row.RewardId).OfType<long>().Distinct().ToList();
        var rewards = await db.LearnedRewards.AsNoTracking().Where(reward => ids.Contains(reward.Id))
            .ToDictionaryAsync(reward => reward.Id, cancel);
        foreach (var row in rows)
        {
            row.Taught = row.RewardId is { } id ? new(null, rewards.GetValueOrDefault(id)) : new(await Words(files, row), null);
        }
    }

    private static async Task<FormattableString?> Words(FileStore files, EpochRow row)
    {
        if (row is not { Signal: { } signal, ManifestHash: { } hash })
        {
            return null;
        }
        // The project's algorithm may be another by now.
        var manifest = await files.Has(hash) ? Manifest.Read(await files.Read(hash)) : null;
        var ofImages = AlgorithmInfo.Find(manifest?.Algorithm ?? "")?.LearnsFrom == LearnsFrom.Verdicts;
        if (manifest?.Teacher is { } teacher)
        {
            return teacher.VotesWeight > 0 ? (FormattableString)$"{teacher.Name}, {signal} scored pictures, and its votes"
                : $"{teacher.Name}, {signal} scored pictures";
        }
        return ofImages ? (FormattableString)$"its votes, {signal} judged images" : $"its votes, {signal} pairs";
    }
}
