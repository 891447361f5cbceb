using Labeler.Shared.Accounts;
using Labeler.Shared.Data.Backups;
using Labeler.Shared.Data.Migrations.Legacy;
using Labeler.Shared.Data.PostgreSql;
using Labeler.Shared.Data.Servers;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Labeler.Shared.Data;

/// <summary>Brings the database to this version of the product. Every process calls it at its start; one does the work.</summary>
public sealed class Migrator(IDbContextFactory<LabelerDb> contexts, DataFolder folder, DatabaseBackups backups, TimeProvider time)
{
    /// <param name="alone">Done afterwards, while no other process is at its start with the same database.</param>
    /// <exception cref="LabelerException">The database belongs to a newer version of the product.</exception>
    public async Task Apply(Func<Task> alone, CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        if (db.Database.IsSqlite())
        {
            using var only = await FolderLock.Take(folder, cancel);
            await db.Database.OpenConnectionAsync(cancel);
            await db.Database.ExecuteSqlAsync($"PRAGMA journal_mode=WAL", cancel);
            await BringUp(db, cancel);
            await alone();
        }
        else
        {
            await db.Database.OpenConnectionAsync(cancel);
            await using var only = await AdvisoryLock.Take(db, cancel);
            await BringUp(db, cancel);
            await alone();
        }
    }

    /// <inheritdoc cref="Apply(Func{Task}, CancellationToken)"/>
    public Task Apply(CancellationToken cancel = default) => Apply(() => Task.CompletedTask, cancel);

    private async Task BringUp(LabelerDb db, CancellationToken cancel)
    {
        var version = await LegacySchema.Version(db, cancel);
        var known = db.Database.GetMigrations().ToList();
        // Asked by Entity Framework, PostgreSQL would say by an error that there is no history yet, and the error would stand in the log.
        var applied = await db.HasTable(HistoryRepository.DefaultTableName, cancel) ? (await db.Database.GetAppliedMigrationsAsync(cancel))
            .ToList() : [];
        RefuseNewer(version, applied.Except(known).LastOrDefault());
        if (applied.Count < known.Count)
        {
            if (db.Database.IsSqlite())
            {
                await PrepareSqlite(db, applied.LastOrDefault() ?? (version > 0 ? $"{version}" : null), cancel);
            }
            if (version is > 0 and <= LegacySchema.Last)
            {
                await LegacySchema.Adopt(db, version, known[0], time.GetUtcNow(), cancel);
            }
            await db.GetService<IHistoryRepository>().CreateIfNotExistsAsync(cancel);
            await db.Database.MigrateAsync(cancel);
        }
        await AddRoles(db, cancel);
        await KeyFiles.TakeOver(db, folder, cancel);
    }

    private static void RefuseNewer(int version, string? unknown)
    {
        if (version > LegacySchema.Closed || unknown is not null)
        {
            throw new LabelerException(
                $"This database has version {unknown ?? $"{version}"}, which this program does not know: start the newer program, or "
                    + $"restore a file from the backups folder: ./labeler restore NAME --data DIR");
        }
    }

    private async Task PrepareSqlite(LabelerDb db, string? version, CancellationToken cancel)
    {
        if (version is not null)
        {
            backups.Write(BackupKind.Version, version);
        }
        // Entity Framework waits for its own lock for ever when a process that was killed has left it; here the folder's lock is held, so
        // nobody has it.
        await db.Database.ExecuteSqlAsync($"DROP TABLE IF EXISTS \"__EFMigrationsLock\"", cancel);
    }

    private static async Task AddRoles(LabelerDb db, CancellationToken cancel)
    {
        var there = await db.Roles.Select(r => r.Name).ToListAsync(cancel);
        var missing = Role.All.Except(there!).ToList();
        db.Roles.AddRange(
            missing.Select(name => new IdentityRole<Guid>(name!) { Id = Guid.NewGuid(), NormalizedName = name!.ToUpperInvariant() }));
        await db.SaveChangesAsync(cancel);
    }
}
