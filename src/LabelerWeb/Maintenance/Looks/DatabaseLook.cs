using System.Data.Common;
using System.Diagnostics;
using Labeler.Shared.Data.Backups;

namespace Labeler.Web.Maintenance.Looks;

/// <summary>Whether the database answers, is sound, of this version and this installation, and has the same time.</summary>
internal sealed class DatabaseLook(IServiceProvider services, DoctorReport report)
{
    private const string About = "database";
    private const int OldestServer = 14;

    private readonly DataFolder _folder = services.GetRequiredService<DataFolder>();

    /// <returns>Can its rows be read?</returns>
    public async Task<bool> Run(CancellationToken cancel)
    {
        await using var db = await services.GetRequiredService<IDbContextFactory<LabelerDb>>().CreateDbContextAsync(cancel);
        if (db.Database.IsSqlite())
        {
            if (!IsSoundFile())
            {
                return false;
            }
        }
        else if (!await Answers(db, cancel))
        {
            return false;
        }
        return await IsOfThisVersion(db, cancel);
    }

    private bool IsSoundFile()
    {
        if (!File.Exists(_folder.Database))
        {
            report.Fault(About, $"{_folder.Database} is missing: start the application once, or restore a backup, "
                + "./labeler restore NAME --data DIR");
            return false;
        }
        if (SqliteFile.Fault(_folder.Database) is { } fault)
        {
            report.Fault(About, $"{_folder.Database} is damaged ({fault}): stop the application and restore a backup, "
                + "./labeler restore NAME --data DIR");
            return false;
        }
        report.Say(About, $"{_folder.Database} is sound, {DoctorReport.Size(new FileInfo(_folder.Database).Length)}");
        return true;
    }

    private async Task<bool> Answers(LabelerDb db, CancellationToken cancel)
    {
        var connection = db.Database.GetDbConnection();
        try
        {
            await db.Database.OpenConnectionAsync(cancel);
        }
        catch (Exception error) when (error is DbException or TimeoutException or System.Net.Sockets.SocketException)
        {
            report.Fault(About, $"PostgreSQL at {connection.DataSource} does not let in ({error.GetBaseException().Message}): start it, or "
                + "mend ConnectionStrings:Labeler");
            return false;
        }
        report.Say(About, $"PostgreSQL {connection.ServerVersion} answers; its server looks after its files");
        if (int.TryParse(connection.ServerVersion.Split('.', ' ')[0], out var major) && major < OldestServer)
        {
            report.Fault(About, $"PostgreSQL {major} is too old: take {OldestServer} or newer");
        }
        await CompareClocks(db, cancel);
        return true;
    }

    private async Task CompareClocks(LabelerDb db, CancellationToken cancel)
    {
        var begun = Stopwatch.GetTimestamp();
        var theirs = await db.Database.SqlQuery<DateTime>($"SELECT clock_timestamp() AS \"Value\"").SingleAsync(cancel);
        // Asked somewhere in the time that the answer took.
        var ours = services.GetRequiredService<TimeProvider>().GetUtcNow().UtcDateTime - Stopwatch.GetElapsedTime(begun) / 2;
        var difference = ours - theirs.ToUniversalTime();
        var text = FormattableString.Invariant($"{Math.Abs(difference.TotalSeconds):0.0} s");
        if (difference.Duration() > ClockSkew.Tolerance)
        {
            report.Fault("clock", $"this machine's is {text} {(difference > TimeSpan.Zero ? "ahead of" : "behind")} the database server's: "
                + "set both by a time server, or workers take jobs from each other");
        }
        else
        {
            report.Say("clock", $"{text} from the database server's");
        }
    }

    private async Task<bool> IsOfThisVersion(LabelerDb db, CancellationToken cancel)
    {
        try
        {
            var (known, applied) = (db.Database.GetMigrations().ToList(), (await db.Database.GetAppliedMigrationsAsync(cancel)).ToList());
            if (applied.Except(known).LastOrDefault() is { } newer)
            {
                report.Fault(About, $"it has version {newer}, which this program does not know: use the newer program");
                return false;
            }
            if (applied.Count < known.Count)
            {
                report.Fault(About, $"it lacks {known.Count - applied.Count} of {known.Count} changes of its tables: start this version of "
                    + "the application once, which brings them up");
                return false;
            }
            return true;
        }
        catch (DbException error)
        {
            report.Fault(About, $"its tables cannot be read ({error.Message}): start this version of the application once, which brings "
                + "them up");
            return false;
        }
    }
}
