using Labeler.Shared.Data;
using Labeler.Shared.Data.Backups;
using Labeler.Shared.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Shared.Tests.Data;

[Collection(Databases.Collection)]
public sealed class The_database_is_backed_up(Databases databases)
{
    [Fact]
    public void Of_daily_backups_those_of_a_week_stay_then_one_a_week_and_one_a_month()
    {
        var end = new DateTimeOffset(2026, 11, 27, 3, 0, 0, TimeSpan.Zero);
        BackupFile[] all = [.. Enumerable.Range(0, 500).Select(day => Daily(end.AddDays(-day)))];
        var kept = all.Except(BackupRule.Outdated(all)).Select(backup => DateOnly.FromDateTime(backup.At.UtcDateTime)).ToList();

        DateOnly[] week = [.. Enumerable.Range(0, 7).Select(day => new DateOnly(2026, 11, 27).AddDays(-day))];
        DateOnly[] sundays = [new(2026, 11, 22), new(2026, 11, 15), new(2026, 11, 8), new(2026, 11, 1)];
        DateOnly[] months = [.. Enumerable.Range(0, 11).Select(month => new DateOnly(2026, 11, 1).AddMonths(-month).AddDays(-1))];
        Assert.Equal([.. week.Union(sundays).Union(months).OrderDescending()], kept);
    }

    [Fact]
    public void Backups_asked_for_and_those_before_migrations_are_counted_apart_from_the_daily_ones()
    {
        var end = new DateTimeOffset(2026, 11, 27, 3, 0, 0, TimeSpan.Zero);
        BackupFile[] all = [.. Enumerable.Range(0, 30).SelectMany(minute => new[]
        {
            Daily(end.AddMinutes(-minute)), Daily(end.AddMinutes(-minute)) with { Kind = BackupKind.Manual, Path = $"manual-{minute}" },
            Daily(end.AddMinutes(-minute)) with { Kind = BackupKind.Version, Path = $"version-{minute}" },
        })];
        var kept = all.Except(BackupRule.Outdated(all)).CountBy(backup => backup.Kind).ToDictionary();
        Assert.Equal((1, 10, 5), (kept[BackupKind.Daily], kept[BackupKind.Manual], kept[BackupKind.Version]));
    }

    [Fact]
    public async Task A_backup_is_due_when_a_day_has_gone_by_and_one_from_the_future_does_not_count()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var backups = world.Get<DatabaseBackups>();
        Assert.True(backups.IsDue());
        var made = backups.Write(BackupKind.Daily);
        Assert.Equal((BackupKind.Daily, world.Now), (made.Kind, made.At));
        Assert.False(backups.IsDue());
        world.Clock.Advance(TimeSpan.FromHours(23));
        Assert.False(backups.IsDue());
        world.Clock.Advance(TimeSpan.FromHours(1));
        Assert.True(backups.IsDue());

        File.Move(made.Path, Path.Combine(world.Folder, "backups", BackupFileName(world.Now.AddDays(400))));
        Assert.True(backups.IsDue());
    }

    [Fact]
    public async Task A_backup_made_while_votes_come_in_is_whole_and_can_be_restored()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, groups: 40);
        var person = Guid.NewGuid();
        var voting = Task.Run(() => scene.VoteAll(person, _ => Scene.Flag(1)));
        while (await scene.Read(db => db.Votes.CountAsync()) < 3)
        {
            await Task.Yield();
        }
        var backup = await Task.Run(() => world.Get<DatabaseBackups>().Write(BackupKind.Manual));
        await voting;
        Assert.Equal(40, await scene.Read(db => db.Votes.CountAsync()));

        using (FolderUse.Share(world.Get<DataFolder>()))
        {
            var refused = Assert.Throws<LabelerException>(() => Put(world, backup.Name));
            Assert.Contains("stop the application", refused.Message);
        }
        SqliteConnection.ClearAllPools();
        var aside = Put(world, backup.Name)!;

        Assert.Equal("ok", Ask(world.Get<DataFolder>().Database, "PRAGMA integrity_check"));
        var votes = await scene.Read(db => db.Votes.CountAsync());
        Assert.InRange(votes, 3, 40);
        Assert.Equal(votes, await scene.Read(db => db.Items.CountAsync(item => item.Votes == 1)));
        Assert.Equal("40", Ask(aside, "SELECT count(*) FROM \"Votes\""));
        // What was on a screen at that moment is handed out again when its time is over.
        world.Clock.Advance(Shared.Voting.Lease.Lifetime);
        await scene.VoteAll(Guid.NewGuid(), _ => Scene.Flag(1));
        Assert.Equal(40, await scene.Read(db => db.Votes.CountAsync()));
    }

    [Fact]
    public async Task Of_a_damaged_database_no_backup_is_made_and_the_older_ones_stay_and_restore_it()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, groups: 20);
        var backups = world.Get<DatabaseBackups>();
        var good = backups.Write(BackupKind.Daily);
        SqliteConnection.ClearAllPools();
        var database = world.Get<DataFolder>().Database;
        using (var file = new FileStream(database, FileMode.Open, FileAccess.ReadWrite))
        {
            // Pages in the middle, which hold rows.
            file.Position = file.Length / 2;
            file.Write(new byte[8192]);
        }
        var error = Assert.ThrowsAny<Exception>(() => backups.Write(BackupKind.Daily));
        Assert.Contains("./labeler restore", Assert.IsType<LabelerException>(error).Message);
        Assert.Equal([good.Name], backups.All().Select(backup => backup.Name));
        Assert.Equal([good.Name], Directory.GetFiles(Path.Combine(world.Folder, "backups")).Select(Path.GetFileName));

        SqliteConnection.ClearAllPools();
        Put(world, good.Path);
        Assert.Equal(20, await scene.Read(db => db.Groups.CountAsync()));
    }

    [Theory]
    [InlineData("missing.db", "There is no file")]
    [InlineData("text.db", "not a sound backup")]
    [InlineData("other.db", "not a sound backup")]
    public async Task What_is_no_backup_of_this_application_is_not_put_in_the_place_of_its_database(string name, string reason)
    {
        await using var world = await databases.World(Databases.Sqlite);
        await Scene.Sampled(world, groups: 1);
        SqliteConnection.ClearAllPools();
        var folder = Path.Combine(world.Folder, "backups");
        File.WriteAllText(Path.Combine(folder, "text.db"), "no database");
        using (var other = new SqliteConnection($"Data Source={Path.Combine(folder, "other.db")};Pooling=False"))
        {
            other.Open();
            using var command = other.CreateCommand();
            command.CommandText = "CREATE TABLE \"Votes\" (\"Id\" INTEGER)";
            command.ExecuteNonQuery();
        }
        var before = File.ReadAllBytes(world.Get<DataFolder>().Database);
        Assert.Contains(reason, Assert.Throws<LabelerException>(() => Put(world, name)).Message);
        Assert.Equal(before, File.ReadAllBytes(world.Get<DataFolder>().Database));
    }

    [SmallDiskFact]
    public async Task On_a_full_disk_nothing_of_a_backup_stays_and_the_reason_is_said()
    {
        await using var world = await databases.World(Databases.Sqlite);
        await Scene.Sampled(world, groups: 1);
        using var disk = new SmallDisk(kilobytes: 64);
        Directory.Delete(Path.Combine(world.Folder, "backups"));
        Directory.CreateSymbolicLink(Path.Combine(world.Folder, "backups"), disk.Folder);

        var error = Assert.Throws<StorageException>(() => world.Get<DatabaseBackups>().Write(BackupKind.Daily));

        Assert.Contains("is full", error.Message);
        Assert.Empty(Directory.GetFiles(disk.Folder));
    }

    private static string? Put(World world, string backup) => new Restore(world.Get<DataFolder>(), world.Clock).Put(backup);

    private static BackupFile Daily(DateTimeOffset at) => new(BackupFileName(at), at, BackupKind.Daily, null, 1);

    private static string BackupFileName(DateTimeOffset at) => $"labeler-{at:yyyyMMdd-HHmmss}-daily.db";

    private static string? Ask(string file, string question)
    {
        using var connection = SqliteFile.Open(file, SqliteOpenMode.ReadOnly);
        return SqliteFile.Ask(connection, question);
    }
}
