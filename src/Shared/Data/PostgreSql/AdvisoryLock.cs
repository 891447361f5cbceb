using System.Data;

namespace Labeler.Shared.Data.PostgreSql;

/// <summary>Lets one process at a time set up a PostgreSQL database. The server drops the lock with the connection that took it.</summary>
internal sealed class AdvisoryLock : IAsyncDisposable
{
    private const long Key = 0x4C61_6265_6C65_72;

    private readonly LabelerDb _db;

    private AdvisoryLock(LabelerDb db) => _db = db;

    /// <param name="db">Its connection is open and stays so until the lock is given back.</param>
    public static async Task<AdvisoryLock> Take(LabelerDb db, CancellationToken cancel)
    {
        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_lock({Key})", cancel);
        return new(db);
    }

    public async ValueTask DisposeAsync()
    {
        if (_db.Database.GetDbConnection().State == ConnectionState.Open)
        {
            await _db.Database.ExecuteSqlAsync($"SELECT pg_advisory_unlock({Key})");
        }
    }
}
