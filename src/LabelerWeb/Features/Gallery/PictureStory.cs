namespace Labeler.Web.Features.Gallery;

/// <summary>Everything about one picture.</summary>
/// <param name="Votes">Who said what of it, about which item.</param>
/// <param name="Neighbors">The other pictures of its group.</param>
public sealed record PictureStory(
    Project Project, Epoch Epoch, Group Group, ImageTally Tally, IReadOnlyList<(string Name, ImageTally Said, long Item)> Votes,
    IReadOnlyList<ImageTally> Neighbors)
{
    public SampleImage Image => Group.Images.First(image => image.Id == Tally.ImageId);

    public static async Task<PictureStory?> Read(LabelerDb db, string slug, long id, CancellationToken cancel)
    {
        if (await db.ProjectAt(slug).FirstOrDefaultAsync(cancel) is not { } project
            || await db.Groups.AsNoTracking().Include(g => g.Images.OrderBy(i => i.Index))
                .FirstOrDefaultAsync(g => g.ProjectId == project.Id && g.Images.Any(i => i.Id == id), cancel) is not { } group)
        {
            return null;
        }
        var all = await ImageTally.Read(db, project.Settings, [group], null, cancel);
        var voters = await db.Votes.Effective().Where(vote => vote.Item!.GroupId == group.Id)
            .Join(db.Users, vote => vote.AnnotatorId, account => account.Id, (vote, account) => new { Voter = account, vote.ItemId })
            .ToListAsync(cancel);
        var votes = new List<(string, ImageTally, long)>();
        foreach (var (voter, item) in voters.DistinctBy(one => one.Voter.Id).Select(one => (one.Voter, one.ItemId)))
        {
            var theirs = await ImageTally.Read(db, project.Settings, [group], voter.Id, cancel);
            if (theirs.First(one => one.ImageId == id) is { Votes: > 0 } said)
            {
                votes.Add((voter.DisplayName, said, item));
            }
        }
        return new(project, await db.Epochs.AsNoTracking().FirstAsync(epoch => epoch.Id == group.EpochId, cancel), group,
            all.First(one => one.ImageId == id), votes, [.. all.Where(one => one.ImageId != id)]);
    }
}
