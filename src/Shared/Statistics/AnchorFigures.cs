using Labeler.Shared.Projects;
using Labeler.Shared.Voting;

namespace Labeler.Shared.Statistics;

/// <summary>
/// What people said in one epoch of the anchors: the same pictures as in the project's first epoch, so whatever differs is the people's
/// change and not the model's.
/// For flags the unit is an image, for rankings two images of the group, otherwise the item.
/// </summary>
/// <param name="Labels">Given in this epoch.</param>
/// <param name="Same">Share of them that say what most said at first; units on which people were even at first are left out.</param>
/// <param name="Now">Mean now: share of images not flagged, or mean score; null where pictures are compared or put into categories.</param>
/// <param name="Before">The same of the same units at first.</param>
public sealed record AnchorFigures(int Epoch, int Labels, Proportion Same, double? Now, double? Before)
{
    public static async Task<IReadOnlyList<AnchorFigures>> Read(LabelerDb db, Project project, CancellationToken cancel = default) =>
        await Of(db, project, await Again(db, project, WhichVotes.All, cancel), cancel);

    internal static Task<List<Label>> Again(LabelerDb db, Project project, WhichVotes which, CancellationToken cancel) =>
        Said(db, project, which.Of(db.Votes).Where(v => v.Item!.Use == ItemUse.Anchor), cancel);

    /// <param name="again">What was said of the anchors in the later epochs.</param>
    internal static async Task<IReadOnlyList<AnchorFigures>> Of(
        LabelerDb db, Project project, IReadOnlyCollection<Label> again, CancellationToken cancel)
    {
        if (again.Count == 0)
        {
            return [];
        }
        var groups = again.Select(label => label.Unit.Group).Distinct().ToList();
        // As the index of standing votes has it, so that those on these items are looked up and not searched for.
        var asked = db.Votes.Where(v => v.Kind < VoteKind.Undo && v.Item!.Use == ItemUse.Training && groups.Contains(v.Item.GroupId));
        var first = (await Said(db, project, asked, cancel))
            .GroupBy(label => label.Unit).ToDictionary(unit => unit.Key, Standing);
        return [.. again.Where(label => first.ContainsKey(label.Unit)).GroupBy(label => label.Epoch).OrderBy(epoch => epoch.Key)
            .Select(epoch =>
        {
            var decided = epoch.Where(label => first[label.Unit].Label is not null).ToList();
            var valued = epoch.Where(label => label.Value is not null && first[label.Unit].Value is not null).ToList();
            return new AnchorFigures(
                epoch.Key, epoch.Count(), AsAtFirst(decided, first),
                valued.Count == 0 ? null : valued.Average(label => label.Value!.Value), valued.Count == 0 ? null
                    : valued.Average(label => first[label.Unit].Value!.Value));
        })];
    }

    private static Proportion AsAtFirst(List<Label> decided, Dictionary<(long, long?, long?, int), (string? Label, double? Value)> first) =>
        Cluster.Share(decided.GroupBy(label => label.Unit.Group).Select(group => new Cluster(
            group.Count(label => label.Text == first[label.Unit].Label), group.Count(), group.DistinctBy(label => label.Unit).Count(),
            group.Count())));

    private static (string? Label, double? Value) Standing(IEnumerable<Label> said)
    {
        var counts = said.CountBy(label => label.Text).OrderByDescending(text => text.Value).ToList();
        return (counts.Count > 1 && counts[0].Value == counts[1].Value ? null : counts[0].Key, said.Average(label => label.Value));
    }

    private static async Task<List<Label>> Said(LabelerDb db, Project project, IQueryable<Vote> asked, CancellationToken cancel)
    {
        var votes = await asked.AsNoTracking().Effective().Include(v => v.Item).Where(v => v.ProjectId == project.Id)
            .Join(db.Epochs, v => v.EpochId, e => e.Id, (v, e) => new { Vote = v, e.Number }).ToListAsync(cancel);
        return [.. votes.SelectMany(v => LabelsOf(v.Vote, v.Number, project.Settings))];
    }

    private static IEnumerable<Label> LabelsOf(Vote vote, int epoch, ProjectSettings settings)
    {
        var item = vote.Item!;
        return vote.Verdict switch
        {
            FlagVerdict flags => flags.Tiles.Where(tile => tile.WasSeen(settings)).Select(tile =>
                new Label(epoch, (item.GroupId, null, null, tile.Index), tile.Flags.ToString(), tile.Flags == FlagKinds.None ? 1 : 0)),
            RankVerdict ranking => Ranking.Comparisons(ranking)
                .Select((two, n) => new Label(epoch, (item.GroupId, null, null, n), $"{two.Better}", null)),
            _ => [new Label(epoch, (item.GroupId, item.FirstId, item.SecondId, 0), vote.Choice ?? "", vote.Score)],
        };
    }

    internal sealed record Label(int Epoch, (long Group, long? First, long? Second, int Image) Unit, string Text, double? Value);
}
