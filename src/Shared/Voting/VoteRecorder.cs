using Labeler.Shared.Epochs;

namespace Labeler.Shared.Voting;

/// <summary>Takes votes in, once each, and lets people take theirs back.</summary>
public sealed class VoteRecorder(IDbContextFactory<LabelerDb> contexts, TimeProvider time)
{
    /// <summary>How far back a person can undo without giving a reason.</summary>
    public const int UndoDepth = 20;

    public Task<VoteResult> Cast(VoteSubmission sent, CancellationToken cancel = default) =>
        contexts.Write(LockScope.Vote, sent.ItemId, async db =>
    {
        if (await Known(db, sent.Key, sent.AnnotatorId, cancel) is { } known)
        {
            return known;
        }
        await KeepEpochOpen(db, sent.ItemId, cancel);
        var now = time.GetUtcNow();
        var found = await VoteQueries.Asked.On(db)(db, sent.ItemId, sent.AnnotatorId, cancel);
        if (found is null)
        {
            return VoteResult.Refuse("This item was not handed to you.");
        }
        if (found.HasWithdrawn)
        {
            return VoteResult.Refuse("You have withdrawn your votes from training, so you are not asked any more.");
        }
        var item = found.Item;
        var project = (await VoteQueries.Project.On(db)(db, item.ProjectId, cancel))!;
        if (project.DeletedAt is not null)
        {
            return VoteResult.Refuse("This project has been deleted.");
        }
        if (found.Lease.UnblindedAt is not null)
        {
            return VoteResult.Refuse("You have seen which model made this item, so your vote on it would not be blind.");
        }
        if (found.Lease.DoneAt is not null)
        {
            return VoteResult.Refuse("You have judged this item already; undo that vote to judge it again.");
        }
        if ((sent.Verdict.Fault(project, item.SecondId is not null, found.Images)
            ?? await Checking.Fault(db, found.Lease, sent.Verdict, project.Settings, cancel)) is { } fault)
        {
            return VoteResult.Refuse(fault);
        }
        var surplus = item.Votes >= item.VotesWanted || item.State == ItemState.Retired
            || found.Epoch is not (EpochState.Sampling or EpochState.Labeling)
            || !await Practice.IsIn(db, project, sent.AnnotatorId, cancel);
        // The side is the one that was drawn, whatever the browser says.
        var verdict = sent.Verdict is PairVerdict pair ? pair with { FirstOnLeft = found.Lease.FirstOnLeft } : sent.Verdict;
        var vote = Vote.Cast(sent.Key, item, project, sent.AnnotatorId, verdict, sent.DurationMs, sent.ClientTime, surplus, now);
        if (found.Lease.ChecksId is { } first)
        {
            vote.Checks(first);
        }
        await GoldMark.Watch(db, project, item, vote, now, cancel);
        db.Votes.Add(vote);
        found.Lease.Finish(now);
        if (!surplus)
        {
            item.Count(+1);
        }
        await db.SaveChangesAsync(cancel);
        await Checking.Follow(db, item, cancel);
        if (!surplus && item.State == ItemState.Done)
        {
            await PairQuestions.GoOn(db, project, item, cancel);
            await db.SaveChangesAsync(cancel);
        }
        return new VoteResult(surplus ? Outcome.Surplus : Outcome.Accepted, vote.Id);
    }, cancel);

    /// <summary>Takes back one of the person's last votes; the item is theirs to judge again.</summary>
    /// <param name="key">This undo's, made once by the sender.</param>
    public Task<VoteResult> Undo(Guid key, Guid annotator, Guid voteKey, CancellationToken cancel = default) =>
        TakeBack(key, annotator, voteKey, null, cancel);

    /// <summary>Takes back a vote of any age, with a reason.</summary>
    public Task<VoteResult> Reopen(Guid key, Guid annotator, Guid voteKey, string reason, CancellationToken cancel = default) =>
        reason.Trim().Length is 0 or > 500
            ? Task.FromResult(VoteResult.Refuse("Say why you reopen it, in at most 500 characters."))
            : TakeBack(key, annotator, voteKey, reason.Trim(), cancel);

    private async Task<VoteResult> TakeBack(Guid key, Guid annotator, Guid voteKey, string? reason, CancellationToken cancel)
    {
        long itemId;
        await using (var db = await contexts.CreateDbContextAsync(cancel))
        {
            itemId = await db.Votes.Where(v => v.Key == voteKey && v.AnnotatorId == annotator && v.Kind != VoteKind.Undo)
                .Select(v => v.ItemId).FirstOrDefaultAsync(cancel);
        }
        if (itemId == 0)
        {
            return VoteResult.Refuse("The vote to undo is not here yet.");
        }
        return await contexts.Write(LockScope.Vote, itemId, db => TakeBack(db, itemId, key, annotator, voteKey, reason, cancel), cancel);
    }

    private async Task<VoteResult> TakeBack(LabelerDb db, long itemId, Guid key, Guid annotator, Guid voteKey, string? reason,
        CancellationToken cancel)
    {
        if (await Known(db, key, annotator, cancel) is { } known)
        {
            return known;
        }
        await KeepEpochOpen(db, itemId, cancel);
        var now = time.GetUtcNow();
        var vote = await db.Votes.Include(v => v.Item).FirstAsync(v => v.Key == voteKey, cancel);
        if (vote.SupersededById is not null)
        {
            return VoteResult.Refuse("That vote has been taken back already.");
        }
        if (vote.Item!.Check == ItemCheck.Decided)
        {
            return VoteResult.Refuse("A lead has decided about this one; it can no longer be taken back.");
        }
        if (!vote.Surplus
            && await db.Epochs.AnyAsync(e => e.Id == vote.EpochId && e.State != EpochState.Sampling && e.State != EpochState.Labeling,
                cancel))
        {
            return VoteResult.Refuse("This epoch is closed and the vote has been used; it can no longer be taken back.");
        }
        if (reason is null
            && await db.Votes.CountAsync(
                v => v.AnnotatorId == annotator && v.ProjectId == vote.ProjectId && v.Kind != VoteKind.Undo && v.SupersededById == null
                    && v.Id > vote.Id, cancel) >= UndoDepth)
        {
            return VoteResult.Refuse($"Only the last {UndoDepth} votes can be undone; reopen an older one with a reason.");
        }
        var undo = Vote.Undo(key, vote, reason, now);
        db.Votes.Add(undo);
        if (!vote.Surplus && vote.Quarantine is null)
        {
            vote.Item.Count(-1);
        }
        var lease = await db.Leases.FirstAsync(l => l.ItemId == vote.ItemId && l.AnnotatorId == annotator, cancel);
        lease.Renew(now);
        await Checking.TakeBack(db, vote, undo, now, cancel);
        await db.SaveChangesAsync(cancel);
        await Checking.Follow(db, vote.Item, cancel);
        return new VoteResult(Outcome.Accepted, undo.Id);
    }

    // On PostgreSQL other transactions run beside this one: hold off a freeze of the epoch until the vote is in. (SQLite has one writer
    // anyway.)
    private static async Task KeepEpochOpen(LabelerDb db, long itemId, CancellationToken cancel)
    {
        if (!db.Database.IsSqlite())
        {
            await db.Database.ExecuteSqlAsync(
                $"""SELECT pg_advisory_xact_lock_shared({(int)LockScope.Epoch}, "ProjectId"::int) FROM "Items" WHERE "Id" = {itemId}""",
                    cancel);
        }
    }

    private static async Task<VoteResult?> Known(LabelerDb db, Guid key, Guid annotator, CancellationToken cancel)
    {
        var known = await VoteQueries.Known.On(db)(db, key, cancel);
        if (known is null)
        {
            return null;
        }
        return known.AnnotatorId == annotator ? new VoteResult(Outcome.Duplicate, known.Id)
            : VoteResult.Refuse("This key belongs to another vote: make a new one for each vote.");
    }
}
