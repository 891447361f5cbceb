namespace Labeler.Shared.Voting;

/// <summary>The questions of a project whose right answer is known: each once, though every epoch asks it anew.</summary>
public static class GoldPool
{
    public static async Task<int> Count(LabelerDb db, long projectId, CancellationToken cancel = default) =>
        (await Read(db, projectId, cancel)).Count;

    /// <summary>The newest item of each question.</summary>
    /// <param name="forWhom">Of the prompts alone that were chosen for that person, where any were.</param>
    internal static async Task<IReadOnlyList<Item>> Read(LabelerDb db, long projectId, CancellationToken cancel, Guid? forWhom = null)
    {
        var gold = db.Items.AsNoTracking().Where(i => i.ProjectId == projectId && i.Use == ItemUse.Gold);
        if (forWhom is { } person && await Assignment.Prompts(db, projectId, person).AnyAsync(cancel))
        {
            var chosen = Assignment.Prompts(db, projectId, person);
            gold = gold.Where(i => chosen.Contains(i.Group!.Prompt));
        }
        var items = await gold.OrderByDescending(i => i.Id).ToListAsync(cancel);
        // One whose answer was wrong is not replaced by the same question of an earlier epoch.
        return [.. items.DistinctBy(Question).Where(i => i.Gold is not null)];
    }

    internal static Task<Item> Load(LabelerDb db, long itemId, CancellationToken cancel) => db.Items.AsNoTrackingWithIdentityResolution()
        .Include(i => i.Group!.Images.OrderBy(image => image.Index)).Include(i => i.First).Include(i => i.Second)
        .FirstAsync(i => i.Id == itemId, cancel);

    internal static (long Group, long? First, long? Second) Question(Item item) => (item.GroupId, item.FirstId, item.SecondId);

    /// <summary>The question's place among the others in one try of one person: another in each, and always the same.</summary>
    internal static uint Place(Item item, Guid annotator, int attempt)
    {
        var hash = 2166136261u;
        foreach (var part in annotator.ToByteArray().Concat(BitConverter.GetBytes(attempt)).Concat(BitConverter.GetBytes(item.GroupId))
            .Concat(BitConverter.GetBytes(item.FirstId ?? 0)).Concat(BitConverter.GetBytes(item.SecondId ?? 0)))
        {
            hash = (hash ^ part) * 16777619;
        }
        return hash ^ (hash >> 15);
    }
}
