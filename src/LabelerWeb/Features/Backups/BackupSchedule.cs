using Labeler.Shared.Data.Backups;
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
public sealed partial class BackupSchedule(
    IDbContextFactory<LabelerDb> contexts, DatabaseBackups backups, IOptions<BackupOptions> options, TimeProvider time,
    ILogger<BackupSchedule> log) : BackgroundService
{
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
        using var timer = new PeriodicTimer(BetweenLooks, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            Look();
        }
    }

    /// <summary>Makes the backup where it is due.</summary>
    public void Look()
    {
        try
        {
            if (backups.IsDue())
            {
                backups.Write(BackupKind.Daily);
            }
            Trouble = null;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            Trouble = error.Message;
            Log.Failed(log, error);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "The daily backup could not be made and is tried again")]
        public static partial void Failed(ILogger log, Exception error);
    }
}
