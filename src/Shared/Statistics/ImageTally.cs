using Labeler.Shared.Projects;
using Labeler.Shared.Samples;
using Labeler.Shared.Voting;

namespace Labeler.Shared.Statistics;

/// <summary>All that was said about one image, for the gallery.</summary>
/// <param name="Votes">People who judged it.</param>
/// <param name="Deformed">How many of them flagged it as deformed.</param>
/// <param name="Score">Mean score; null where nobody scored it.</param>
/// <param name="Labels">Categories and how often each was given.</param>
/// <param name="Wins">Comparisons it won.</param>
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
        var said = votes.SelectMany(v => About(v, settings, groups)).ToLookup(s => s.ImageId, s => s.Said);
        return [.. groups.SelectMany(g => g.Images.Select(i => Of(g, i, [.. said[i.Id]])))];
    }

    private static IEnumerable<(long ImageId, object Said)> About(Vote vote, ProjectSettings settings, List<Group> groups)
    {
        switch (vote.Verdict)
        {
            case FlagVerdict flags:
                var images = groups.FirstOrDefault(g => g.Id == vote.Item!.GroupId)?.Images ?? [];
                return flags.Tiles.Where(t => t.WasSeen(settings) && t.Index < images.Count)
                    .Select(t => (images[t.Index].Id, (object)t.Flags));
            case PairVerdict pair:
                return [(vote.Item!.FirstId!.Value, Result(pair.FirstWins)), (vote.Item.SecondId!.Value, Result(!pair.FirstWins))];
            case ChoiceVerdict:
                return [(vote.Item!.FirstId!.Value, vote)];
            default:
                return [];
        }
        static object Result(bool? won) => won switch { true => Outcome.Won, false => Outcome.Lost, null => Outcome.Even };
    }

    private static ImageTally Of(Group group, SampleImage image, IReadOnlyList<object> said)
    {
        var flags = said.OfType<FlagKinds>().ToList();
        var votes = said.OfType<Vote>().ToList();
        var scores = votes.Where(v => v.Score is not null).Select(v => v.Score!.Value).ToList();
        return new(
            image.Id, group.Id, image.Index, image.ContentHash, group.Prompt, image.Seed, said.Count,
            flags.Count(f => f.HasFlag(FlagKinds.Deformed)), flags.Count(f => f.HasFlag(FlagKinds.Unsafe)),
            scores.Count == 0 ? null : scores.Average(), votes.CountBy(v => v.Choice ?? "").ToDictionary(),
            said.Count(s => s is Outcome.Won), said.Count(s => s is Outcome.Lost), said.Count(s => s is Outcome.Even));
    }

    private enum Outcome { Won, Lost, Even }
}
