using System.Data.Common;
using System.Runtime.CompilerServices;
using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Labeler.Shared.Data.Servers;

/// <summary>Notes which projects a context writes about, and has it told when that is committed.</summary>
internal sealed class ChangeWatch(ChangeChannel channel) : SaveChangesInterceptor, IDbTransactionInterceptor
{
    private readonly ConditionalWeakTable<DbContext, HashSet<long>> _written = [];

    public override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        Note(eventData.Context!);
        return result;
    }

    public override ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        Note(eventData.Context!);
        return ValueTask.FromResult(result);
    }

    public override int SavedChanges(SaveChangesCompletedEventData eventData, int result)
    {
        Saved(eventData.Context!);
        return result;
    }

    public override ValueTask<int> SavedChangesAsync(
        SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        Saved(eventData.Context!);
        return ValueTask.FromResult(result);
    }

    public void TransactionCommitted(DbTransaction transaction, TransactionEndEventData eventData) => Tell(eventData.Context);

    public Task TransactionCommittedAsync(
        DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Tell(eventData.Context);
        return Task.CompletedTask;
    }

    private void Note(DbContext db)
    {
        foreach (var entry in db.ChangeTracker.Entries())
        {
            if (entry.State is EntityState.Added or EntityState.Modified or EntityState.Deleted && ProjectOf(entry) is { } project)
            {
                _written.GetOrCreateValue(db).Add(project);
            }
        }
    }

    private static long? ProjectOf(EntityEntry entry) => entry.Entity is Project project ? project.Id
        : entry.Metadata.FindProperty(nameof(Job.ProjectId)) is { } of ? entry.CurrentValues[of] as long? : null;

    private void Saved(DbContext db)
    {
        if (db.Database.CurrentTransaction is null)
        {
            Tell(db);
        }
    }

    // What was rolled back is told with the next that is committed, which does no harm.
    private void Tell(DbContext? db)
    {
        if (db is not null && _written.TryGetValue(db, out var projects))
        {
            _written.Remove(db);
            channel.Tell(projects);
        }
    }
}
