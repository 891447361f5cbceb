using Labeler.Shared.Data.Backups;
using Labeler.Shared.Data.Servers;
using Labeler.Web.Hosting;
using Microsoft.Extensions.Options;

namespace Labeler.Web.Features.Backups;

/// <summary>The section <c>Backups</c> of appsettings.json.</summary>
public sealed class BackupOptions
{
    public const string Section = "Backups";

    /// <summary>Copy the database once a day? What is kept is <see cref="BackupRule"/>'s.</summary>
    public bool Daily { get; set; } = true;
}

/// <summary>Makes the daily backup when a day has gone by, also after the machine was off.</summary>
public sealed class BackupSchedule(
    IDbContextFactory<LabelerDb> contexts, DatabaseBackups backups, IOptions<BackupOptions> options, Duties duties, TimeProvider time,
    ILogger<BackupSchedule> log) : SoleService("backup", Lease, BetweenLooks, duties, time, log)
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(30);

    public static readonly TimeSpan BetweenLooks = TimeSpan.FromMinutes(10);

    /// <summary>Why the last daily backup could not be made; null where it could.</summary>
    public string? Trouble { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using (var db = await contexts.CreateDbContextAsync(stoppingToken))
        {
            if (!options.Value.Daily || !db.Database.IsSqlite())
            {
                return;
            }
        }
        await base.ExecuteAsync(stoppingToken);
    }

    protected override string Failure => "The daily backup could not be made";

    /// <summary>Makes the backup where it is due; why it could not be made is <see cref="Trouble"/>.</summary>
    public Task Look() => TryLook(CancellationToken.None);

    protected override Task LookAlone(CancellationToken stopping)
    {
        try
        {
            if (backups.IsDue())
            {
                backups.Write(BackupKind.Daily);
            }
            Trouble = null;
            return Task.CompletedTask;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            Trouble = error.Message;
            throw;
        }
    }
}
