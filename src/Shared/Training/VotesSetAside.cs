using Labeler.Shared.Voting;

namespace Labeler.Shared.Training;

/// <summary>A project's votes that teach nothing any more: taken back, in quarantine, or given by somebody who has withdrawn.</summary>
public sealed class VotesSetAside
{
    private readonly HashSet<long> _votes;

    private VotesSetAside(HashSet<long> votes) => _votes = votes;

    public static async Task<VotesSetAside> Read(LabelerDb db, long projectId, CancellationToken cancel = default) =>
        new(await Of(db, db.Votes.Where(v => v.ProjectId == projectId)).Select(v => v.Id).ToHashSetAsync(cancel));

    /// <summary>Those among some votes.</summary>
    public static IQueryable<Vote> Of(LabelerDb db, IQueryable<Vote> votes) => votes.Where(v =>
        v.SupersededById != null || v.Quarantine != null || db.Users.Any(a => a.Id == v.AnnotatorId && a.WithdrawnAt != null));

    /// <summary>Was a group judged by one of them?</summary>
    public bool Touched(ManifestGroup group) => group.Votes.Any(_votes.Contains);

    /// <summary>How many of the votes that groups were frozen with, of how many.</summary>
    public (int Lost, int Of) In(IEnumerable<ManifestGroup> groups)
    {
        var taught = groups.SelectMany(group => group.Votes).ToHashSet();
        return (taught.Count(_votes.Contains), taught.Count);
    }
}
