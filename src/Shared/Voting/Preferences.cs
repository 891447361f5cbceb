using Labeler.Shared.Projects;
using Labeler.Shared.Samples;

namespace Labeler.Shared.Voting;

/// <summary>An item with all that was ever said about it. The item's first and second image are loaded.</summary>
public sealed record JudgedItem(Item Item, IReadOnlyList<Vote> Votes);

/// <summary>
/// Turns votes into preferences. Ties, disagreement, overlap, skips, unseen images and quarantine are decided here and nowhere else:
/// an item teaches once all the votes it wants are in; every image gets one standing from them; two images of a group make a pair when
/// their standings differ. Where the project's algorithm learns from images judged alone, the standings themselves teach.
/// </summary>
public sealed record Preferences(IReadOnlyList<GroupPreferences> Groups, IReadOnlyList<ExcludedVote> Excluded)
{
    /// <summary>Whether <see cref="Signal"/> counts images judged good or bad instead of pairs.</summary>
    public bool OfImages { get; init; }

    /// <summary>Ids of the groups that were judged and teach nothing, because their images were judged alike or people disagree.</summary>
    public IReadOnlyList<long> Silent { get; init; } = [];

    /// <summary>What the project's algorithm can use: pairs, k(7 − k) for a group of 7 with k flagged; or images judged good or bad, once
    /// there is one of each.</summary>
    public int Signal => !OfImages ? Groups.Sum(g => g.Pairs.Count)
        : HasBothKinds(Groups.SelectMany(g => g.Judgements)) ? Groups.Sum(g => g.Judgements.Count) : 0;

    /// <param name="withdrawn">Annotators who withdrew their consent.</param>
    /// <param name="groups">The groups that are asked about, by their ids. What follows is in the order of their numbers, whoever sampled
    /// them when.</param>
    public static Preferences From(LabelingTask task, ProjectSettings settings, IEnumerable<JudgedItem> items, IReadOnlySet<Guid> withdrawn,
        IReadOnlyDictionary<long, Group> groups)
    {
        var excluded = new List<ExcludedVote>();
        var ofImages = AlgorithmInfo.Find(settings.Algorithm)?.LearnsFrom == LearnsFrom.Verdicts;
        var judged = new List<Judged>();
        foreach (var group in items.GroupBy(i => i.Item.GroupId)
            .OrderBy(g => groups.GetValueOrDefault(g.Key) is { } of ? (of.Use, of.Number) : (GroupUse.Imported, int.MaxValue))
            .ThenBy(g => g.Key))
        {
            var counted = group.OrderBy(i => i.Item.Rank).ThenBy(i => i.Item.Id)
                .Select(i => (i.Item, Votes: Countable(i, withdrawn, excluded))).Where(i => i.Votes.Count > 0).ToList();
            if (counted.Count > 0)
            {
                judged.Add(new(group.Key, counted, Standings(task, settings, counted)));
            }
        }
        var across = settings.Training.AcrossGroups && !task.Compares()
            ? AcrossGroups.Pairs(judged.Select(one => (one.Group, one.Images)),
                groups.ToDictionary(one => one.Key, one => one.Value.Prompt))
            : Array.Empty<Preference>().ToLookup(_ => 0L);
        var lost = across.SelectMany(pairs => pairs).Select(pair => pair.LoserGroup).ToHashSet();
        var useAlone = ofImages && HasBothKinds(judged.SelectMany(one => one.Judgements));
        var taught = new List<GroupPreferences>();
        var silentGroups = new List<long>();
        foreach (var one in judged)
        {
            Preference[] pairs = [.. one.Pairs(task), .. across[one.Group]];
            IReadOnlyList<ImageJudgement> alone = useAlone ? one.Judgements : [];
            var silent = one.Silent(task, settings, pairs.Length > 0 || lost.Contains(one.Group), alone);
            excluded.AddRange(silent);
            if (pairs.Length > 0 || lost.Contains(one.Group) || alone.Count > 0)
            {
                var used = one.Votes.Select(v => v.Id).Except(silent.Select(s => s.VoteId)).Order();
                taught.Add(new(one.Group, pairs, [.. used]) { Judgements = alone });
            }
            else
            {
                silentGroups.Add(one.Group);
            }
        }
        return new(taught, [.. excluded.OrderBy(e => e.VoteId)]) { OfImages = ofImages, Silent = silentGroups };
    }

    private static IReadOnlyList<Standing> Standings(LabelingTask task, ProjectSettings settings,
        List<(Item Item, List<Vote> Votes)> items) => task switch
        {
            LabelingTask.PreferPair => [.. Standing.Compared(items)],
            LabelingTask.Rank => [.. items.SelectMany(i => Ranking.Standings(i.Votes))],
            LabelingTask.FlagBatch => [.. items.SelectMany(i => Standing.Flagged(i.Votes, settings))],
            _ => [.. items.SelectMany(i => Standing.Scored(i.Item, i.Votes, settings))],
        };

    private static bool HasBothKinds(IEnumerable<ImageJudgement> judgements) => judgements.Select(one => one.Good).Distinct().Count() == 2;

    private static List<Vote> Countable(JudgedItem judged, IReadOnlySet<Guid> withdrawn, List<ExcludedVote> excluded)
    {
        var kept = new List<Vote>();
        foreach (var vote in judged.Votes.Where(v => v.Kind != VoteKind.Undo))
        {
            if (Against(vote, judged.Item, withdrawn) is { } why)
            {
                excluded.Add(new(vote.Id, vote.AnnotatorId, why));
            }
            else
            {
                kept.Add(vote);
            }
        }
        return kept;
    }

    private static Exclusion? Against(Vote vote, Item item, IReadOnlySet<Guid> withdrawn) =>
        vote.SupersededById is not null ? Exclusion.TakenBack
        : vote.Quarantine is not null ? Exclusion.Quarantined
        : withdrawn.Contains(vote.AnnotatorId) ? Exclusion.Withdrawn
        : item.Use != ItemUse.Training ? Exclusion.NotForTraining
        : vote.Surplus ? Exclusion.Surplus
        : vote.Kind == VoteKind.Skip ? Exclusion.Skipped
        : vote.Check != VoteCheck.Counts ? OfCheck(vote.Check)
        : item.Votes < item.VotesWanted ? Exclusion.AwaitsVotes
        : vote.Seen == 0 ? Exclusion.NotSeen
        : null;

    private static Exclusion OfCheck(VoteCheck check) => check switch
    {
        VoteCheck.Awaited => Exclusion.AwaitsCheck,
        VoteCheck.Disputed => Exclusion.AwaitsLead,
        _ => Exclusion.Confirms,
    };
}
