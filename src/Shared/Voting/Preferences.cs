using Labeler.Shared.Projects;

namespace Labeler.Shared.Voting;

/// <summary>An item with all that was ever said about it. The item's group, images, first and second are loaded.</summary>
public sealed record JudgedItem(Item Item, IReadOnlyList<Vote> Votes);

/// <summary>
/// Turns votes into preferences. Ties, disagreement, overlap, skips, unseen images and quarantine are decided here and nowhere else:
/// an item teaches once all the votes it wants are in; every image gets one standing from them; two images of a group make a pair when
/// their standings differ.
/// </summary>
public sealed record Preferences(IReadOnlyList<GroupPreferences> Groups, IReadOnlyList<ExcludedVote> Excluded)
{
    /// <summary>Usable pairs: k(7 − k) for a group of 7 with k flagged.</summary>
    public int Signal => Groups.Sum(g => g.Pairs.Count);

    /// <param name="withdrawn">Annotators who withdrew their consent.</param>
    public static Preferences From(LabelingTask task, ProjectSettings settings, IEnumerable<JudgedItem> items, IReadOnlySet<Guid> withdrawn)
    {
        var excluded = new List<ExcludedVote>();
        var groups = new List<GroupPreferences>();
        foreach (var group in items.GroupBy(i => i.Item.GroupId).OrderBy(g => g.Key))
        {
            var counted = group.OrderBy(i => i.Item.Rank).ThenBy(i => i.Item.Id)
                .Select(i => (i.Item, Votes: Countable(i, withdrawn, excluded))).Where(i => i.Votes.Count > 0).ToList();
            if (counted.Count == 0)
            {
                continue;
            }
            IReadOnlyList<Preference> pairs = task == LabelingTask.PreferPair
                ? [.. counted.Select(i => Compared(i.Item, i.Votes)).OfType<Preference>()]
                : Ranked(
                    [.. counted.SelectMany(
                        i => task == LabelingTask.FlagBatch ? Flagged(i.Votes, settings) : Scored(i.Item, i.Votes, settings))]);
            var used = counted.SelectMany(i => i.Votes).OrderBy(v => v.Id).ToList();
            if (task == LabelingTask.PreferPair)
            {
                var silent = counted.Where(i => Compared(i.Item, i.Votes) is null)
                    .SelectMany(i => i.Votes.Select(v => (v, Why: WhyNoWinner(i.Votes)))).ToList();
                excluded.AddRange(silent.Select(s => new ExcludedVote(s.v.Id, s.v.AnnotatorId, s.Why)));
                used = [.. used.Except(silent.Select(s => s.v))];
            }
            else if (pairs.Count == 0)
            {
                var why = task == LabelingTask.FlagBatch ? WhyAlike(counted.SelectMany(i => i.Votes).ToList(), settings)
                    : Exclusion.NoDifference;
                excluded.AddRange(used.Select(v => new ExcludedVote(v.Id, v.AnnotatorId, why)));
            }
            if (pairs.Count > 0)
            {
                groups.Add(new(group.Key, pairs, [.. used.Select(v => v.Id)]));
            }
        }
        return new(groups, [.. excluded.OrderBy(e => e.VoteId)]);
    }

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
        : item.Votes < item.VotesWanted ? Exclusion.AwaitsVotes
        : vote.Seen == 0 ? Exclusion.NotSeen
        : null;

    // The published code averages its annotators' −1/0 labels; the share of flags is the same average. An image counts as flagged or normal
    // only by majority.
    private static IEnumerable<Standing> Flagged(List<Vote> votes, ProjectSettings settings) =>
        from tile in votes.SelectMany(v => ((FlagVerdict)v.Verdict!).Tiles)
        where tile.WasSeen(settings)
        group tile.Flags != FlagKinds.None ? 1.0 : 0.0 by tile.Index into flags
        let share = flags.Average()
        where share != 0.5
        select new Standing(flags.Key, share < 0.5 ? 1 : 0, 1 - share);

    // By the values that the options have now, so that votes from before they had any count too. An option without one leaves the image
    // out, where at least half of the people chose such a one.
    private static IEnumerable<Standing> Scored(Item item, List<Vote> votes, ProjectSettings settings)
    {
        var values = settings.Choices.ToDictionary(choice => choice.Name, choice => choice.Value);
        var scores = votes.Select(v => values.GetValueOrDefault(((ChoiceVerdict)v.Verdict!).Name, v.Score)).OfType<double>().ToList();
        return 2 * scores.Count <= votes.Count ? [] : [new Standing(item.First!.Index, scores.Average(), null)];
    }

    private static List<Preference> Ranked(List<Standing> images) =>
    [
        .. from winner in images.OrderBy(i => i.Index)
           from loser in images.OrderBy(i => i.Index)
           where winner.Rank > loser.Rank
           select new Preference(winner.Index, loser.Index, winner.Share - loser.Share ?? 1),
    ];

    private static Preference? Compared(Item item, List<Vote> votes)
    {
        var balance = votes.Average(v => ((PairVerdict)v.Verdict!).FirstWins switch { true => 1.0, false => -1.0, null => 0.0 });
        return balance switch
        {
            > 0 => new(item.First!.Index, item.Second!.Index, balance),
            < 0 => new(item.Second!.Index, item.First!.Index, -balance),
            _ => null,
        };
    }

    private static Exclusion WhyNoWinner(List<Vote> votes) =>
        votes.All(v => ((PairVerdict)v.Verdict!).FirstWins is null) ? Exclusion.NoDifference : Exclusion.Disagreement;

    private static Exclusion WhyAlike(List<Vote> votes, ProjectSettings settings)
    {
        var split = from tile in votes.SelectMany(v => ((FlagVerdict)v.Verdict!).Tiles)
                    where tile.WasSeen(settings)
                    group tile.Flags != FlagKinds.None by tile.Index into flags
                    select flags.Count(f => f) * 2 == flags.Count();
        return split.Any(s => s) ? Exclusion.Disagreement : Exclusion.NoDifference;
    }

    /// <param name="Rank">Higher is better; equal ranks make no pair.</param>
    /// <param name="Share">Share of people who found it good, where that decides the weight.</param>
    private readonly record struct Standing(int Index, double Rank, double? Share);
}
