using Labeler.Shared.Data;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Bench.Support;

/// <summary>What an epoch's groups are made of, to be compared bit for bit.</summary>
public static class EpochBits
{
    /// <summary>A line for each group, in order: number, prompt, seed, hash of its trajectory, hashes of its pictures.</summary>
    public static async Task<List<string>> Of(LabelerDb db, long epoch, CancellationToken cancel = default) =>
        [.. (await db.Groups.AsNoTracking().Include(group => group.Images).Where(group => group.EpochId == epoch).OrderBy(group => group.Number).ToListAsync(cancel))
            .Select(group => $"{group.Number} {group.Prompt} {group.Seed} {group.TrajectoryHash} {string.Join(' ', group.Images.OrderBy(image => image.Index).Select(image => image.ContentHash))}")];
}
