using System.Globalization;
using Labeler.Shared.Accounts;
using Labeler.Shared.Data.Migrations;
using Labeler.Shared.Data.Sqlite;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Labeler.Shared.Data;

/// <summary>Brings the database to this version of the product. Every process calls it at its start; one does the work.</summary>
public sealed class Migrator(IDbContextFactory<LabelerDb> contexts, DataFolder folder, TimeProvider time)
{
    private const long LockKey = 0x4C61_6265_6C65_72;

    /// <exception cref="LabelerException">The database belongs to a newer version of the product.</exception>
    public async Task Apply(CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        if (db.Database.IsSqlite())
        {
            using var only = await FolderLock.Take(folder, cancel);
            await db.Database.OpenConnectionAsync(cancel);
            await Execute(db, "PRAGMA journal_mode=WAL", cancel);
            var from = await Version(db, cancel);
            if (from > 0 && from < Migration.Newest)
            {
                Backup.Write(db, folder, from, time.GetUtcNow());
            }
            await Step(db, from, cancel);
        }
        else
        {
            await db.Database.OpenConnectionAsync(cancel);
            await Execute(db, $"SELECT pg_advisory_lock({LockKey})", cancel);
            await Step(db, await Version(db, cancel), cancel);
            await Execute(db, $"SELECT pg_advisory_unlock({LockKey})", cancel);
        }
    }

    private async Task Step(LabelerDb db, int from, CancellationToken cancel)
    {
        if (from > Migration.Newest)
        {
            throw new LabelerException(
                $"This database has version {from}, and this program knows versions up to {Migration.Newest}: start the newer program, or restore a file from the backups folder.");
        }
        foreach (var migration in Migration.All.Where(m => m.Version > from))
        {
            await using var transaction = await db.Database.BeginTransactionAsync(cancel);
            await Execute(db, migration.Sql(db.Database.IsSqlite()), cancel);
            await Execute(db, string.Create(CultureInfo.InvariantCulture,
                $"INSERT INTO \"SchemaVersions\" (\"Version\", \"Name\", \"AppliedAt\") VALUES ({migration.Version}, '{migration.Name}', {time.GetUtcNow().ToUnixTimeMilliseconds()})"), cancel);
            await transaction.CommitAsync(cancel);
        }
        await AddRoles(db, cancel);
    }

    private static async Task AddRoles(LabelerDb db, CancellationToken cancel)
    {
        var there = await db.Roles.Select(r => r.Name).ToListAsync(cancel);
        var missing = Role.All.Except(there!).ToList();
        db.Roles.AddRange(missing.Select(name => new IdentityRole<Guid>(name!) { Id = Guid.NewGuid(), NormalizedName = name!.ToUpperInvariant() }));
        await db.SaveChangesAsync(cancel);
    }

    private static async Task<int> Version(LabelerDb db, CancellationToken cancel)
    {
        var exists = db.Database.IsSqlite()
            ? "SELECT count(*) FROM sqlite_master WHERE name = 'SchemaVersions'"
            : "SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = 'SchemaVersions'";
        return await Scalar(db, exists, cancel) == 0 ? 0 : (int)await Scalar(db, "SELECT max(\"Version\") FROM \"SchemaVersions\"", cancel);
    }

    private static async Task<long> Scalar(LabelerDb db, string sql, CancellationToken cancel)
    {
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(await command.ExecuteScalarAsync(cancel), CultureInfo.InvariantCulture);
    }

    private static async Task Execute(LabelerDb db, string sql, CancellationToken cancel)
    {
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = sql;
        command.Transaction = db.Database.CurrentTransaction?.GetDbTransaction();
        await command.ExecuteNonQueryAsync(cancel);
    }
}
