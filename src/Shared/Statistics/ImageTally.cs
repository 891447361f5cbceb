using Labeler.Shared.Projects;
using Labeler.Shared.Samples;
using Labeler.Shared.Voting;

namespace Labeler.Shared.Statistics;

/// <summary>All that was said about one image, for the gallery.</summary>
/// <param name="Votes">People who judged it.</param>
/// <param name="Deformed">How many of them flagged it as deformed.</param>
/// <param name="Score">Mean score; null where nobody scored it.</param>
/// <param name="Labels">Categories and how often each was given.</param>
/// <param name="Wins">Comparisons it won; a ranking compares it with every other image of its group.</param>
public sealed record ImageTally(
    long ImageId, long GroupId, int Index, string ContentHash, string Prompt, long Seed,
    int Votes, int Deformed, int Unsafe, double? Score, IReadOnlyDictionary<string, int> Labels, int Wins, int Losses, int Ties)
{
    /// <summary>Judged, and by most people not flagged.</summary>
    public bool IsNormal => Votes > 0 && 2 * Math.Max(Deformed, Unsafe) < Votes;

    /// <summary>Tallies of every image of an epoch's labeled groups, in order.</summary>
    public static async Task<IReadOnlyList<ImageTally>> Read(LabelerDb db, long epochId, CancellationToken cancel = default)
    {
        var epoch = await db.Epochs.AsNoTracking().FirstAsync(e => e.Id == epochId, cancel);
        var settings = (await db.Projects.AsNoTracking().FirstAsync(p => p.Id == epoch.ProjectId, cancel)).Settings;
        var groups = await db.Groups.AsNoTracking().Include(g => g.Images.OrderBy(i => i.Index))
            .Where(g => g.EpochId == epochId && g.Use != GroupUse.Evaluation).OrderBy(g => g.Number).ToListAsync(cancel);
        var votes = await db.Votes.AsNoTracking().Effective().Include(v => v.Item).Where(v => v.EpochId == epochId).ToListAsync(cancel);
        return Of(settings, groups, votes);
    }

    /// <summary>Tallies of some groups' images, in order.</summary>
    /// <param name="groups">With their images.</param>
    /// <param name="who">Of this person's votes alone; null for everybody's.</param>
    public static async Task<IReadOnlyList<ImageTally>> Read(
        LabelerDb db, ProjectSettings settings, IReadOnlyList<Group> groups, Guid? who, CancellationToken cancel = default)
    {
        var ids = groups.Select(g => g.Id).ToList();
        // As the index of standing votes has it, so that the votes on these items are looked up and not searched for.
        var votes = await db.Votes.AsNoTracking().Effective().Include(v => v.Item)
            .Where(v => v.Kind < VoteKind.Undo && ids.Contains(v.Item!.GroupId) && (who == null || v.AnnotatorId == who))
            .ToListAsync(cancel);
        return Of(settings, groups, votes);
    }

    private static IReadOnlyList<ImageTally> Of(ProjectSettings settings, IReadOnlyList<Group> groups, List<Vote> votes)
    {
        var said = votes.SelectMany(v => About(v, settings, groups)).ToLookup(s => s.ImageId, s => s.Said);
        return [.. groups.SelectMany(g => g.Images.Select(i => Of(g, i, [.. said[i.Id]])))];
    }

    private static IEnumerable<(long ImageId, object Said)> About(Vote vote, ProjectSettings settings, IReadOnlyList<Group> groups)
    {
        switch (vote.Verdict)
        {
            case FlagVerdict flags:
                var images = groups.FirstOrDefault(g => g.Id == vote.Item!.GroupId)?.Images ?? [];
                return flags.Tiles.Where(t => t.WasSeen(settings) && t.Index < images.Count)
                    .Select(t => (images[t.Index].Id, (object)t.Flags));
            case PairVerdict pair:
                return [(vote.Item!.FirstId!.Value, Against.Of(pair.FirstWins)), (vote.Item.SecondId!.Value, Against.Of(!pair.FirstWins))];
            case RankVerdict ranking:
                var ranked = groups.FirstOrDefault(g => g.Id == vote.Item!.GroupId)?.Images ?? [];
                return Ranking.Comparisons(ranking).SelectMany(two => new[] { (two.First, two.Better), (two.Second, -two.Better) })
                    .Where(one => one.Item1 < ranked.Count).GroupBy(one => one.Item1, one => one.Item2)
                    .Select(all => (ranked[all.Key].Id, (object)new Against(
                        all.Count(better => better > 0), all.Count(better => better < 0), all.Count(better => better == 0))));
            case ChoiceVerdict:
                return [(vote.Item!.FirstId!.Value, vote)];
            default:
                return [];
        }
    }

    private static ImageTally Of(Group group, SampleImage image, IReadOnlyList<object> said)
    {
        var flags = said.OfType<FlagKinds>().ToList();
        var votes = said.OfType<Vote>().ToList();
        var compared = said.OfType<Against>().ToList();
        var scores = votes.Where(v => v.Score is not null).Select(v => v.Score!.Value).ToList();
        return new(
            image.Id, group.Id, image.Index, image.ContentHash, group.Prompt, image.Seed, said.Count,
            flags.Count(f => f.HasFlag(FlagKinds.Deformed)), flags.Count(f => f.HasFlag(FlagKinds.Unsafe)),
            scores.Count == 0 ? null : scores.Average(), votes.CountBy(v => v.Choice ?? "").ToDictionary(),
            compared.Sum(c => c.Wins), compared.Sum(c => c.Losses), compared.Sum(c => c.Ties));
    }

    /// <summary>One vote on an image and others.</summary>
    private sealed record Against(int Wins, int Losses, int Ties)
    {
        public static Against Of(bool? won) => new(won is true ? 1 : 0, won is false ? 1 : 0, won is null ? 1 : 0);
    }
}
