namespace Labeler.Shared.Data;

/// <summary>Hands out the contexts of one kind of database as what they have in common.</summary>
internal sealed class LabelerDbFactory<TContext>(IDbContextFactory<TContext> contexts) : IDbContextFactory<LabelerDb>
    where TContext : LabelerDb
{
    public LabelerDb CreateDbContext() => contexts.CreateDbContext();

    public async Task<LabelerDb> CreateDbContextAsync(CancellationToken cancellationToken = default) =>
        await contexts.CreateDbContextAsync(cancellationToken);
}
