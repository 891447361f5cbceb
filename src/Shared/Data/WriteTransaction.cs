using System.Collections.Concurrent;

namespace Labeler.Shared.Data;

/// <summary>What concurrent writers of one kind must not do at the same time.</summary>
public enum LockScope
{
    /// <summary>Handing out a project's items (id: project).</summary>
    Queue = 1,

    /// <summary>Voting on an item (id: item).</summary>
    Vote = 2,

    /// <summary>Changing where an epoch stands (id: project).</summary>
    Epoch = 3,

    /// <summary>Giving an account a name (id: 0).</summary>
    Names = 4,

    /// <summary>Asking more about a group (id: group).</summary>
    Group = 5,

    /// <summary>Changing teams (id: 0).</summary>
    Teams = 6,

    /// <summary>Trying to sign in (id: a digest of the name).</summary>
    SignIn = 7,
}

/// <summary>Short write transactions that are alone with what they read.</summary>
public static class WriteTransaction
{
    private static readonly ConcurrentDictionary<string, GroupCommit> Files = new();

    /// <summary>
    /// Runs <paramref name="work"/> in one transaction; work saves its own changes. On SQLite the transaction holds the write lock from its
    /// start (BEGIN IMMEDIATE),
    /// so nothing it read can change; on PostgreSQL an advisory lock on (<paramref name="what"/>, <paramref name="id"/>) does the same for
    /// that one thing.
    /// </summary>
    /// <exception cref="StorageException">The database stayed locked, or its disk is full; nothing was written and the same can be tried
    /// again.</exception>
    public static async Task<T> Write<T>(
        this IDbContextFactory<LabelerDb> contexts, LockScope what, long id, Func<LabelerDb, Task<T>> work,
            CancellationToken cancel = default)
    {
        string file;
        await using (var db = await contexts.CreateDbContextAsync(cancel))
        {
            if (!db.Database.IsSqlite())
            {
                await using var transaction = await db.Database.BeginTransactionAsync(cancel);
                await db.BeAlone(what, id, cancel);
                var result = await work(db);
                await transaction.CommitAsync(cancel);
                return result;
            }
            file = db.Database.GetConnectionString()!;
        }
        try
        {
            // SQLite's own waiting polls; a queue inside the process is fair and wakes at once. Other processes still meet at the lock.
            return await Files.GetOrAdd(file, _ => new(TimeProvider.System)).Write(contexts, work, cancel);
        }
        catch (Exception error) when (error is not StorageException && StorageTrouble.Of(error) is { } trouble)
        {
            throw trouble;
        }
    }

    /// <summary>Inside a transaction: waits until no other is alone with the same. On SQLite every transaction already is.</summary>
    public static Task BeAlone(this LabelerDb db, LockScope what, long id, CancellationToken cancel = default) => db.Database.IsSqlite()
        ? Task.CompletedTask
        : db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({(int)what}, {(int)(id % int.MaxValue)})", cancel);

    /// <summary>Inside a transaction: holds off whoever would be alone with it, beside others who do the same. On SQLite every transaction
    /// is alone.</summary>
    public static Task BeBeside(this LabelerDb db, LockScope what, long id, CancellationToken cancel = default) => db.Database.IsSqlite()
        ? Task.CompletedTask
        : db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock_shared({(int)what}, {(int)(id % int.MaxValue)})", cancel);
}
