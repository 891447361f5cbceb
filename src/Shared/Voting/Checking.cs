using Labeler.Shared.Projects;

namespace Labeler.Shared.Voting;

/// <summary>
/// The check by a second person: whoever is handed an item that somebody has judged sees those flags and confirms or changes them. Where
/// the two say the same, the first's vote counts, once; where they differ, neither counts until a lead decides. Everything follows from the
/// votes that stand, so that undo, quarantine and release need no rules of their own.
/// </summary>
public static class Checking
{
    /// <summary>Who looks at each item: one who judges, one who checks.</summary>
    public const int People = 2;

    private const string Changed =
        "The flags that you were shown have been changed since. Load the page again: you get the pictures once more.";

    /// <summary>Brings an item and its votes in line with what stands; call it when everything else is saved.</summary>
    internal static async Task Follow(LabelerDb db, Item item, CancellationToken cancel)
    {
        if (item.Check == ItemCheck.None)
        {
            return;
        }
        var standing = await Standing(db).Where(v => v.ItemId == item.Id).OrderBy(v => v.Id).ToListAsync(cancel);
        // Who was not sure at first has said nothing that could be checked.
        var looks = standing.SkipWhile(v => v.Kind == VoteKind.Skip).ToList();
        var isDecided = item.Check == ItemCheck.Decided && looks.Count == 1;
        var isDisputed = looks.Skip(1).Any(v => !SaySame(looks[0], v));
        foreach (var vote in looks)
        {
            vote.StandAt(isDisputed ? VoteCheck.Disputed
                : vote != looks[0] ? VoteCheck.Confirms
                : looks.Count > 1 || isDecided ? VoteCheck.Counts : VoteCheck.Awaited);
        }
        item.StandAt(standing.Count, looks.Count, isDisputed, isDecided);
        await db.SaveChangesAsync(cancel);
    }

    /// <summary>Judgements of an item that is gold from now on measure their people, but for those that had another's in sight.</summary>
    internal static async Task Forget(LabelerDb db, Item item, CancellationToken cancel)
    {
        foreach (var vote in await db.Votes
            .Where(v => v.EpochId == item.EpochId && v.ItemId == item.Id && v.Check != VoteCheck.Counts).ToListAsync(cancel))
        {
            vote.StandAt(vote.ChecksId is null ? VoteCheck.Counts : VoteCheck.Confirms);
        }
    }

    /// <summary>Points leases that are handed out once more at the vote that stands now.</summary>
    internal static async Task Renew(LabelerDb db, IReadOnlyCollection<Lease> held, CancellationToken cancel)
    {
        var leases = held.Select(l => l.Id).ToList();
        if (leases.Count == 0)
        {
            return;
        }
        await db.Leases.Where(l => leases.Contains(l.Id) && l.Item!.Check == ItemCheck.Asked).ExecuteUpdateAsync(set => set.SetProperty(
            l => l.ChecksId, l => db.Votes.Where(v => v.ItemId == l.ItemId && v.AnnotatorId != l.AnnotatorId && v.Kind == VoteKind.Judgement
                && v.SupersededById == null && v.Quarantine == null && !v.Surplus).Min(v => (long?)v.Id)), cancel);
    }

    /// <summary>Loads what the vote says that each lease's person is shown.</summary>
    public static async Task Show(LabelerDb db, IReadOnlyCollection<Lease> leases, CancellationToken cancel)
    {
        var ids = leases.Select(l => l.ChecksId).OfType<long>().ToList();
        if (ids.Count == 0)
        {
            return;
        }
        var said = await db.Votes.AsNoTracking().Where(v => ids.Contains(v.Id)).ToDictionaryAsync(v => v.Id, v => v.Verdict, cancel);
        foreach (var lease in leases.Where(l => l.ChecksId is not null))
        {
            lease.Checked = said.GetValueOrDefault(lease.ChecksId!.Value) as FlagVerdict;
        }
    }

    /// <summary>Why a verdict cannot stand as the check that its lease is about; null when it can, or when it is no check.</summary>
    internal static async Task<string?> Fault(LabelerDb db, Lease lease, Verdict verdict, ProjectSettings settings,
        CancellationToken cancel)
    {
        if (lease.ChecksId is not { } id)
        {
            return null;
        }
        if (await Standing(db).AsNoTracking().FirstOrDefaultAsync(v => v.Id == id, cancel) is not { Verdict: FlagVerdict first })
        {
            return Changed;
        }
        return verdict is FlagVerdict second && first.Tiles.Any(tile => tile.WasSeen(settings)
            && !second.Tiles.Any(own => own.Index == tile.Index && own.WasSeen(settings)))
            ? "Look at every picture that the other person judged: what you have not seen you cannot confirm." : null;
    }

    /// <summary>Takes back what looked at a vote that is taken back, and hands its items out anew.</summary>
    internal static async Task TakeBack(LabelerDb db, Vote vote, Vote undo, DateTimeOffset now, CancellationToken cancel)
    {
        foreach (var check in await db.Votes.Where(v => v.ItemId == vote.ItemId && v.ChecksId == vote.Id && v.Kind < VoteKind.Undo
            && v.SupersededById == null).ToListAsync(cancel))
        {
            check.FallWith(undo);
        }
        foreach (var lease in await db.Leases.Where(l => l.ItemId == vote.ItemId && l.ChecksId == vote.Id).ToListAsync(cancel))
        {
            lease.GiveBack(now);
        }
    }

    // As the index of items has it, so that it is looked up there.
    private static IQueryable<Vote> Standing(LabelerDb db) =>
        db.Votes.Where(v => v.Kind < VoteKind.Undo && v.SupersededById == null && v.Quarantine == null && !v.Surplus);

    private static bool SaySame(Vote one, Vote other) => (one.Verdict, other.Verdict) is (FlagVerdict first, FlagVerdict second)
        && first.Tiles.All(tile => second.Tiles.Any(own => own.Index == tile.Index && own.Flags == tile.Flags));
}
