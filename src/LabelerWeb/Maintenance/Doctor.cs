using Labeler.Shared.Data.Backups;
using Microsoft.Data.Sqlite;

namespace Labeler.Web.Maintenance;

/// <summary>Looks through a data folder, changes nothing, and may do so beside a running application.</summary>
internal sealed class Doctor(IServiceProvider services, TextWriter output)
{
    private readonly DataFolder _folder = services.GetRequiredService<DataFolder>();
    private bool _well = true;

    /// <returns>Is all as it should be?</returns>
    public async Task<bool> Look(CancellationToken cancel)
    {
        if (await Database(cancel))
        {
            await Files(await Named(cancel), cancel);
        }
        else
        {
            await Files(new Dictionary<string, string>(), cancel);
        }
        Backups();
        Permissions();
        var drive = new DriveInfo(_folder.Root);
        Say("disk", $"{Size(drive.AvailableFreeSpace)} free");
        return _well;
    }

    private async Task<bool> Database(CancellationToken cancel)
    {
        await using var db = await services.GetRequiredService<IDbContextFactory<LabelerDb>>().CreateDbContextAsync(cancel);
        if (!db.Database.IsSqlite())
        {
            var answers = await db.Database.CanConnectAsync(cancel);
            return answers ? Say("database", "PostgreSQL answers; its server looks after its files")
                : Fault("database", "PostgreSQL does not answer");
        }
        if (!File.Exists(_folder.Database))
        {
            return Fault("database", $"{_folder.Database} is missing");
        }
        if (SqliteFile.Fault(_folder.Database) is { } fault)
        {
            return Fault("database", $"{_folder.Database} is damaged ({fault}): stop the application and restore a backup, "
                + "./labeler restore NAME --data DIR");
        }
        return Say("database", $"{_folder.Database} is sound, {Size(new FileInfo(_folder.Database).Length)}");
    }

    private async Task<IReadOnlyDictionary<string, string>> Named(CancellationToken cancel)
    {
        try
        {
            await using var db = await services.GetRequiredService<IDbContextFactory<LabelerDb>>().CreateDbContextAsync(cancel);
            return await FileReferences.Read(db, cancel);
        }
        catch (SqliteException error)
        {
            Fault("database", $"its tables cannot be read ({error.Message}): start this version of the application once, which brings them "
                + "up");
            return new Dictionary<string, string>();
        }
    }

    private async Task Files(IReadOnlyDictionary<string, string> named, CancellationToken cancel)
    {
        var store = services.GetRequiredService<FileStore>();
        var (count, bytes, missing) = (0, 0L, new HashSet<string>(named.Keys));
        foreach (var file in store.All())
        {
            var hash = file.Name;
            missing.Remove(hash);
            (count, bytes) = (count + 1, bytes + file.Length);
            if (!await store.IsSound(hash, cancel))
            {
                Fault("files", $"{file.FullName} is damaged{(named.TryGetValue(hash, out var what) ? $": {what}" : "")}");
            }
        }
        foreach (var hash in missing.Order(StringComparer.Ordinal))
        {
            Fault("files", $"{store.PathOf(hash)} is missing: {named[hash]}");
        }
        Say("files", FormattableString.Invariant($"{count:N0} were read through, {Size(bytes)}; the database names {named.Count:N0}"));
    }

    private void Backups()
    {
        var all = services.GetRequiredService<DatabaseBackups>().All();
        Say("backups", all.Count == 0 ? "none yet" : $"{all.Count}, the newest of {all[0].At:yyyy-MM-dd HH:mm} UTC: {all[0].Name}");
    }

    private void Permissions()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }
        const UnixFileMode others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
            | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
        _ = (File.GetUnixFileMode(_folder.Root) & others) == 0
            ? Say("permissions", "only its owner comes to the folder")
            : Fault("permissions", $"others come to {_folder.Root}: the application closes it when it starts");
    }

    private bool Say(string about, string text)
    {
        output.WriteLine($"{about,-12} {text}");
        return true;
    }

    private bool Fault(string about, string text)
    {
        Say(about, $"FAULT: {text}");
        return _well = false;
    }

    private static string Size(long bytes) =>
        bytes < 1e9 ? FormattableString.Invariant($"{bytes / 1e6:N1} MB") : FormattableString.Invariant($"{bytes / 1e9:N1} GB");
}
