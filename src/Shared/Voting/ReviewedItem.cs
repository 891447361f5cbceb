using Labeler.Shared.Projects;

namespace Labeler.Shared.Voting;

/// <summary>Which items a lead looks at.</summary>
public enum ReviewFilter
{
    Newest,

    /// <summary>People who judged the same item said different things.</summary>
    Split,

    /// <summary>A second person's check says something else than the first, and a lead has not decided.</summary>
    Checks,

    /// <summary>Votes quicker than anybody can look.</summary>
    Fast,
    Quarantined,

    /// <summary>Items whose right answer is known.</summary>
    Gold,
}

/// <param name="Annotator">Items on which this person voted; null for everybody's.</param>
/// <param name="Item">This one alone; null for all.</param>
public readonly record struct ReviewedOnly(Guid? Annotator = null, long? Item = null);

/// <summary>An item with everything that stands or is set aside about it, and who said it. Group, images, first and second are
/// loaded.</summary>
public sealed record ReviewedItem(Item Item, IReadOnlyList<ReviewedVote> Votes)
{
    /// <summary>One page of them, those voted on last first.</summary>
    /// <param name="only">Narrows them down further.</param>
    /// <param name="skip">Items of earlier pages.</param>
    public static async Task<IReadOnlyList<ReviewedItem>> Read(LabelerDb db, Project project, ReviewFilter filter, ReviewedOnly only,
        int skip, int count, CancellationToken cancel = default)
    {
        var votes = Standing(db, project.Id);
        var wanted = Of(votes, filter);
        if (filter == ReviewFilter.Split)
        {
            var split = await Split(db, project, cancel);
            wanted = votes.Where(v => split.Contains(v.ItemId));
        }
        if (only.Annotator is { } who)
        {
            wanted = wanted.Where(v => v.AnnotatorId == who);
        }
        if (only.Item is { } one)
        {
            wanted = wanted.Where(v => v.ItemId == one);
        }
        var items = await wanted.GroupBy(v => v.ItemId).Select(g => new { Id = g.Key, Last = g.Max(v => v.Id) })
            .OrderByDescending(i => i.Last).Skip(skip).Take(count).Select(i => i.Id).ToListAsync(cancel);
        var all = await votes.AsNoTracking().Where(v => items.Contains(v.ItemId)).OrderBy(v => v.Id).ToListAsync(cancel);
        var ids = all.Select(v => v.Id).ToList();
        var taught = (await db.CheckpointVotes.Where(t => ids.Contains(t.VoteId)).ToListAsync(cancel))
            .ToLookup(t => t.VoteId, t => (long?)t.CheckpointId);
        var names = await db.Users.Select(a => new { a.Id, a.DisplayName }).ToDictionaryAsync(a => a.Id, a => a.DisplayName, cancel);
        var loaded = await db.Items.AsNoTrackingWithIdentityResolution().Include(i => i.Group!.Images.OrderBy(image => image.Index))
            .Include(i => i.First).Include(i => i.Second)
            .Where(i => items.Contains(i.Id)).ToDictionaryAsync(i => i.Id, cancel);
        return [.. items.Select(
            id => new ReviewedItem(loaded[id],
                [.. all.Where(v => v.ItemId == id)
                    .Select(v => new ReviewedVote(v, names.GetValueOrDefault(v.AnnotatorId, ""), taught[v.Id].FirstOrDefault()))]))];
    }

    /// <summary>The votes that put items among those that a filter shows; where people disagree is for <see cref="Split"/> to
    /// say.</summary>
    public static IQueryable<Vote> Of(IQueryable<Vote> votes, ReviewFilter filter) => filter switch
    {
        ReviewFilter.Fast =>
            votes.Where(v => v.Kind == VoteKind.Judgement && v.Quarantine == null && v.DurationMs < Vote.ImplausiblyFastMs),
        ReviewFilter.Checks => votes.Where(v => v.Item!.State == ItemState.Disputed),
        ReviewFilter.Quarantined => votes.Where(v => v.Quarantine != null),
        ReviewFilter.Gold => votes.Where(v => v.Item!.Use == ItemUse.Gold),
        _ => votes,
    };

    /// <summary>Judgements and skips that nobody took back, those that are set aside among them.</summary>
    public static IQueryable<Vote> Standing(LabelerDb db, long project) =>
        db.Votes.Where(v => v.ProjectId == project && v.Kind < VoteKind.Undo && v.SupersededById == null);

    /// <summary>Items of which people who judged them said different things.</summary>
    public static async Task<List<long>> Split(LabelerDb db, Project project, CancellationToken cancel)
    {
        var several = db.Votes.Effective().Where(v => v.ProjectId == project.Id).GroupBy(v => v.ItemId).Where(g => g.Count() > 1)
            .Select(g => g.Key);
        var votes = await db.Votes.AsNoTracking().Effective().Where(v => several.Contains(v.ItemId))
            .Select(v => new { v.ItemId, v.Verdict }).ToListAsync(cancel);
        return [.. votes.GroupBy(v => v.ItemId).Where(g => Differ([.. g.Select(v => v.Verdict!)], project.Settings)).Select(g => g.Key)];
    }

    private static bool Differ(IReadOnlyList<Verdict> verdicts, ProjectSettings settings) => verdicts[0] switch
    {
        FlagVerdict =>
            verdicts.Cast<FlagVerdict>().SelectMany(v => v.Tiles).Where(tile => tile.WasSeen(settings)).GroupBy(tile => tile.Index)
                .Any(said => said.Select(tile => tile.Flags).Distinct().Count() > 1),
        PairVerdict =>
            verdicts.Cast<PairVerdict>().Select(v => (v.FirstWins, v.FirstWins is null ? v.Pick : default)).Distinct().Count() > 1,
        // Hardly two people bring a group into one order; some pair of images has to stand the other way round.
        RankVerdict => verdicts.Cast<RankVerdict>().SelectMany(Ranking.Comparisons).Where(two => two.Better != 0)
            .GroupBy(two => (two.First, two.Second)).Any(said => said.Select(two => two.Better).Distinct().Count() > 1),
        _ => verdicts.Cast<ChoiceVerdict>().Select(v => v.Name).Distinct().Count() > 1,
    };
}

/// <param name="Annotator">The name that others see.</param>
/// <param name="Taught">The checkpoint that learned from it; null where none did.</param>
public sealed record ReviewedVote(Vote Vote, string Annotator, long? Taught);
