namespace Labeler.Web.Features.Labeling.Api;

/// <summary>Which of the things that an outbox names its person may reach, whatever project it claims that they are in.</summary>
internal sealed record Reach(IReadOnlySet<long> Projects, IReadOnlySet<long> OthersItems, IReadOnlySet<Guid> OthersVotes)
{
    private static readonly KnownQuery<Func<LabelerDb, long, CancellationToken, Task<long>>> ProjectOf = new(() => EF.CompileAsyncQuery(
        (LabelerDb db, long item, CancellationToken cancel) =>
            db.Items.Where(i => i.Id == item).Select(i => i.ProjectId).FirstOrDefault()));

    public static async Task<Reach> Of(IDbContextFactory<LabelerDb> contexts, Viewer viewer,
        IReadOnlyList<VotesEndpoint.Entry> entries, CancellationToken cancel)
    {
        // Its connection is not kept while a vote waits for its turn.
        await using var db = await contexts.CreateDbContextAsync(cancel);
        return await (entries is [{ Vote: null } only] ? OfOne(db, viewer, only, cancel) : OfSome(db, viewer, entries, cancel));
    }

    // As nearly every request is: one vote, in the project that it says.
    private static async Task<Reach> OfOne(LabelerDb db, Viewer viewer, VotesEndpoint.Entry entry, CancellationToken cancel)
    {
        var project = await ProjectOf.On(db)(db, entry.Item, cancel);
        async Task<bool> IsTheirs(long id) => await viewer.Role(db, id, orDeleted: true, cancel) >= ProjectRole.Annotator;
        var isOthers = project != 0 && !await IsTheirs(project);
        var reached = project == entry.Project ? !isOthers && project != 0 : await IsTheirs(entry.Project);
        return new(reached ? new HashSet<long> { entry.Project } : [], isOthers ? new HashSet<long> { entry.Item } : [],
            new HashSet<Guid>());
    }

    private static async Task<Reach> OfSome(
        LabelerDb db, Viewer viewer, IReadOnlyList<VotesEndpoint.Entry> entries, CancellationToken cancel)
    {
        var (items, votes, projects) = (new List<long>(), new List<Guid>(), new List<long>());
        foreach (var entry in entries)
        {
            projects.Add(entry.Project);
            if (entry.Vote is { } vote)
            {
                votes.Add(vote);
            }
            else
            {
                items.Add(entry.Item);
            }
        }
        var theirs = viewer.Projects(db).Select(p => p.Id);
        // What is not there at all is for the domain to refuse, with its own words.
        var found = items.Count == 0 ? [] : await db.Items.Where(i => items.Contains(i.Id))
            .Select(i => new { i.Id, i.ProjectId, IsTheirs = theirs.Contains(i.ProjectId) }).ToListAsync(cancel);
        var reached = found.Where(i => i.IsTheirs).Select(i => i.ProjectId).ToHashSet();
        if (!projects.TrueForAll(reached.Contains))
        {
            reached.UnionWith(await theirs.Where(id => projects.Contains(id)).ToListAsync(cancel));
        }
        return new(reached, found.Where(i => !i.IsTheirs).Select(i => i.Id).ToHashSet(),
            votes.Count == 0 ? [] : await db.Votes.Where(v => votes.Contains(v.Key) && !theirs.Contains(v.ProjectId)).Select(v => v.Key)
                .ToHashSetAsync(cancel));
    }

    public bool Allows(VotesEndpoint.Entry entry) =>
        entry.Vote is { } vote ? !OthersVotes.Contains(vote) : !OthersItems.Contains(entry.Item);
}
