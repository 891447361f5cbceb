using Labeler.Shared.Epochs;
using Labeler.Shared.Projects;

namespace Labeler.Shared.Voting;

/// <summary>What every vote and every handing out of items asks.</summary>
internal static class VoteQueries
{
    /// <summary>A vote that is there, and whose it is.</summary>
    public sealed record Kept(long Id, Guid AnnotatorId);

    /// <summary>An item that was handed to somebody.</summary>
    /// <param name="Images">Of its group.</param>
    /// <param name="HasWithdrawn">Has the person withdrawn their votes?</param>
    public sealed record Handed(Lease Lease, Item Item, EpochState Epoch, int Images, bool HasWithdrawn);

    /// <summary>The vote of a key.</summary>
    public static readonly KnownQuery<Func<LabelerDb, Guid, CancellationToken, Task<Kept?>>> Known = new(() => EF.CompileAsyncQuery(
        (LabelerDb db, Guid key, CancellationToken cancel) =>
            db.Votes.Where(v => v.Key == key).Select(v => new Kept(v.Id, v.AnnotatorId)).FirstOrDefault()));

    /// <summary>What is needed to judge a vote on an item, to be changed; null where it was not handed to the person.</summary>
    public static readonly KnownQuery<Func<LabelerDb, long, Guid, CancellationToken, Task<Handed?>>> Asked = new(() =>
        EF.CompileAsyncQuery((LabelerDb db, long item, Guid annotator, CancellationToken cancel) =>
            db.Leases.Where(l => l.ItemId == item && l.AnnotatorId == annotator).Select(l => new Handed(l, l.Item!,
                db.Epochs.First(e => e.Id == l.Item!.EpochId).State, db.Images.Count(i => i.GroupId == l.Item!.GroupId),
                db.Users.Any(a => a.Id == annotator && a.WithdrawnAt != null))).FirstOrDefault()));

    /// <summary>A project, to be read.</summary>
    public static readonly KnownQuery<Func<LabelerDb, long, CancellationToken, Task<Project?>>> Project = new(() => EF.CompileAsyncQuery(
        (LabelerDb db, long id, CancellationToken cancel) => db.Projects.AsNoTracking().FirstOrDefault(p => p.Id == id)));

    /// <summary>Has somebody withdrawn their votes?</summary>
    public static readonly KnownQuery<Func<LabelerDb, Guid, CancellationToken, Task<bool>>> HasWithdrawn = new(() => EF.CompileAsyncQuery(
        (LabelerDb db, Guid annotator, CancellationToken cancel) => db.Users.Any(a => a.Id == annotator && a.WithdrawnAt != null)));

    /// <summary>What somebody is asked for besides the project's own quota.</summary>
    /// <param name="HasOwn">Have they a quota of their own? It is the next two.</param>
    public sealed record Asking(bool HasOwn, int? PerDay, int? InTotal, bool OfSomePrompts);

    /// <summary>By keys alone; null where there is no such project.</summary>
    public static readonly KnownQuery<Func<LabelerDb, long, Guid, CancellationToken, Task<Asking?>>> AskedOf = new(() =>
        EF.CompileAsyncQuery((LabelerDb db, long project, Guid annotator, CancellationToken cancel) =>
            db.Projects.Where(p => p.Id == project).Select(p => new Asking(
                db.MemberQuotas.Any(q => q.ProjectId == p.Id && q.AccountId == annotator),
                db.MemberQuotas.Where(q => q.ProjectId == p.Id && q.AccountId == annotator).Select(q => q.PerDay).FirstOrDefault(),
                db.MemberQuotas.Where(q => q.ProjectId == p.Id && q.AccountId == annotator).Select(q => q.InTotal).FirstOrDefault(),
                db.AssignedPrompts.Any(one => one.ProjectId == p.Id && one.AccountId == annotator))).FirstOrDefault()));

    /// <summary>The first so many items that a person holds and may judge, in the order in which they are asked.</summary>
    public static readonly KnownQuery<Func<LabelerDb, long, Guid, DateTimeOffset, int, IAsyncEnumerable<Lease>>> Held = new(() =>
        EF.CompileAsyncQuery((LabelerDb db, long project, Guid annotator, DateTimeOffset now, int most) =>
            db.Leases.AsNoTracking()
                .Where(l => l.AnnotatorId == annotator && l.DoneAt == null && l.UnblindedAt == null && l.ExpiresAt > now)
                .Where(l => l.Item!.ProjectId == project && l.Item.State != ItemState.Retired && l.Item.Votes < l.Item.VotesWanted)
                .Where(l => db.Epochs.Any(e => e.Id == l.Item!.EpochId && e.State < EpochState.Frozen))
                .OrderBy(l => l.Item!.EpochId).ThenBy(l => l.Item!.Rank).Take(most)));

    /// <summary>Epochs that are labeled and in which something open measures people or the model.</summary>
    public static readonly KnownQuery<Func<LabelerDb, long, IAsyncEnumerable<long>>> Measured = new(() => EF.CompileAsyncQuery(
        (LabelerDb db, long project) => db.Epochs.Where(e => e.ProjectId == project && e.State < EpochState.Frozen)
            .Where(e => db.Items.Any(i => i.ProjectId == project && i.State == ItemState.Open && i.EpochId == e.Id && i.Rank < 0))
            .Select(e => e.Id)));

    /// <summary>A lease with its item and all its pictures, to be read.</summary>
    public static readonly KnownQuery<Func<LabelerDb, long[], IAsyncEnumerable<Lease>>> Shown = new(() => EF.CompileAsyncQuery(
        (LabelerDb db, long[] ids) => db.Leases.AsNoTrackingWithIdentityResolution()
            .Include(l => l.Item!.Group!.Images.OrderBy(i => i.Index)).Include(l => l.Item!.First).Include(l => l.Item!.Second)
            .Where(l => ids.Contains(l.Id))));
}
