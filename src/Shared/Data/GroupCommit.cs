using Microsoft.EntityFrameworkCore.Storage;

namespace Labeler.Shared.Data;

/// <summary>
/// The write transactions of one SQLite file, one after the other. A commit waits for the disk, however much is in it; so what comes
/// while one writes is written in the same transaction, each behind a savepoint of its own, and all of them are answered after the one
/// commit ("group commit", as database engines have it).
/// </summary>
/// <param name="time">What the waiting is measured by.</param>
internal sealed class GroupCommit(TimeProvider time)
{
    private const int MostAtOnce = 32;

    // As long as SQLite itself waits for a lock.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    // Nobody waits much longer for those that came later.
    private static readonly TimeSpan LongestJoined = TimeSpan.FromMilliseconds(20);

    private readonly Lock _lock = new();
    private readonly LinkedList<WaitingWrite> _waiting = [];
    private bool _isLed;

    /// <exception cref="StorageException">Others wrote for too long; nothing was written.</exception>
    public async Task<T> Write<T>(IDbContextFactory<LabelerDb> contexts, Func<LabelerDb, Task<T>> work, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var mine = new WaitingWrite<T>(contexts, work);
        if (!Enter(mine) && !await Turn(mine, cancel))
        {
            return mine.Result;
        }
        try
        {
            await Lead(mine);
        }
        finally
        {
            PassOn();
        }
        return mine.Result;
    }

    // True where nobody leads yet, so that this one does.
    private bool Enter(WaitingWrite mine)
    {
        lock (_lock)
        {
            if (_isLed)
            {
                _waiting.AddLast(mine);
                return false;
            }
            return _isLed = true;
        }
    }

    // True where it is to lead, false where it was written by another.
    private async Task<bool> Turn(WaitingWrite mine, CancellationToken cancel)
    {
        try
        {
            return await mine.Turn.WaitAsync(LongestWait, time, cancel);
        }
        catch (Exception error) when (error is TimeoutException or OperationCanceledException)
        {
            bool isStillWaiting;
            lock (_lock)
            {
                isStillWaiting = _waiting.Remove(mine);
            }
            if (!isStillWaiting)
            {
                return await mine.Turn;
            }
            cancel.ThrowIfCancellationRequested();
            throw new StorageException("The database is busy: nothing was saved, try again in a moment.");
        }
    }

    private static async Task Join(WaitingWrite next, LabelerDb db, IDbContextTransaction all)
    {
        const string before = "before";
        db.ChangeTracker.Clear();
        await all.CreateSavepointAsync(before);
        await (await next.Try(db) ? all.ReleaseSavepointAsync(before) : all.RollbackToSavepointAsync(before));
    }

    private async Task Lead(WaitingWrite first)
    {
        var joined = new List<WaitingWrite>();
        try
        {
            await using var db = await first.Contexts.CreateDbContextAsync();
            await using var transaction = await db.Database.BeginTransactionAsync();
            if (!await first.Try(db))
            {
                return;
            }
            for (var began = time.GetTimestamp(); joined.Count < MostAtOnce && time.GetElapsedTime(began) < LongestJoined
                && Next(first.Contexts) is { } next;)
            {
                joined.Add(next);
                await Join(next, db, transaction);
            }
            await transaction.CommitAsync();
        }
        catch (Exception error)
        {
            // None of it was committed.
            first.Fail(error);
            joined.ForEach(one => one.Fail(error));
        }
        finally
        {
            joined.ForEach(one => one.Answer());
        }
    }

    private WaitingWrite? Next(IDbContextFactory<LabelerDb> contexts)
    {
        lock (_lock)
        {
            var next = _waiting.First;
            if (next is null || next.Value.Contexts != contexts)
            {
                return null;
            }
            _waiting.RemoveFirst();
            return next.Value;
        }
    }

    private void PassOn()
    {
        WaitingWrite? next;
        lock (_lock)
        {
            next = _waiting.First?.Value;
            if (next is null)
            {
                _isLed = false;
                return;
            }
            _waiting.RemoveFirst();
        }
        next.LetLead();
    }
}
