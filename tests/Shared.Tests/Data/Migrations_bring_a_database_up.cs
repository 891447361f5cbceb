using Labeler.Shared.Accounts;
using Labeler.Shared.Data;
using Labeler.Shared.Data.Backups;
using Labeler.Shared.Data.Sqlite;
using Labeler.Shared.Projects;
using Labeler.Shared.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.Shared.Tests.Data;

[Collection(Databases.Collection)]
public sealed class Migrations_bring_a_database_up(Databases databases)
{
    [Theory, OnEachDatabase]
    public async Task A_fresh_database_gets_its_tables_and_roles_and_a_second_start_changes_nothing(string database)
    {
        await using var world = await databases.FreshWorld(database);
        await Task.WhenAll(world.Get<Migrator>().Apply(), world.Get<Migrator>().Apply());
        await using var db = world.Open();
        Assert.Equal(Role.All.Order(), (await db.Roles.Select(r => r.Name!).ToListAsync()).Order());
        Assert.Empty(Directory.GetFiles(Path.Combine(world.Folder, "backups")));
    }

    [Theory, OnEachDatabase]
    public async Task A_first_start_leaves_no_complaint_in_the_log(string database)
    {
        await using var world = await databases.EmptyWorld(database);
        using var complaints = new Complaints();
        await using var services = world.WithLog(complaints);
        await services.GetRequiredService<Migrator>().Apply();
        await services.GetRequiredService<Migrator>().Apply();
        Assert.Empty(complaints.Lines);
    }

    [Theory, OnEachDatabase]
    public async Task The_migrations_make_the_schema_that_the_model_asks_for(string database)
    {
        await using var migrated = await databases.FreshWorld(database);
        await using var db = migrated.Open();
        Assert.False(db.Database.HasPendingModelChanges());
        var written = await Tables.Schema(db);

        await using var empty = await databases.EmptyWorld(database);
        await using var fromModel = empty.Open();
        await fromModel.Database.EnsureCreatedAsync();
        Assert.Equal(await Tables.Schema(fromModel), written.Where(line => !line.Contains("SchemaVersions", StringComparison.Ordinal) && !line.Contains("__EFMigrations", StringComparison.Ordinal)));
    }

    [Theory, OnEachDatabase]
    public async Task The_time_since_which_an_epoch_is_labeled_keeps_the_column_that_it_always_had(string database)
    {
        await using var world = await databases.World(database);
        await Scene.Sampled(world, groups: 1);
        await using var db = world.Open();
        Assert.Equal(world.Now.ToUnixTimeMilliseconds(), await db.Database.SqlQuery<long>($"SELECT \"LabellingSince\" AS \"Value\" FROM \"Epochs\"").SingleAsync());
        await db.Database.ExecuteSqlAsync($"UPDATE \"Epochs\" SET \"LabellingSince\" = 5000");
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(5), (await db.Epochs.SingleAsync()).LabelingSince);
    }

    [Theory, OnEachDatabase]
    public async Task A_released_migration_keeps_its_name(string database)
    {
        await using var world = await databases.FreshWorld(database);
        await using var db = world.Open();
        Assert.Equal("20261127000000_InitialCreate", db.Database.GetMigrations().First());
        Assert.Equal(db.Database.GetMigrations(), await db.Database.GetAppliedMigrationsAsync());
    }

    [Theory, OnEachDatabase]
    public async Task A_database_of_the_first_version_is_brought_up_with_its_projects(string database)
    {
        await using var world = await databases.EmptyWorld(database);
        await using (var db = world.Open())
        {
            await db.Database.OpenConnectionAsync();
            await using var command = db.Database.GetDbConnection().CreateCommand();
            command.CommandText = await LegacyDatabase.FirstSchema(db) + $"""

                INSERT INTO "SchemaVersions" ("Version", "Name", "AppliedAt") VALUES (1, '0001-start', 0);
                INSERT INTO "Projects" ("Slug", "Name", "Task", "Settings", "CreatedAt") VALUES ('hands', 'Hands', 0, '{JsonText.Write(new ProjectSettings { SignalBudget = 17 })}', 5);
                """;
            await command.ExecuteNonQueryAsync();
        }
        await world.Get<Migrator>().Apply();
        await using var again = world.Open();
        var read = await again.Projects.SingleAsync();
        Assert.Equal(("Hands", PictureSource.Sampled, 17), (read.Name, read.Source, read.Settings.SignalBudget));
        await using var fresh = await databases.FreshWorld(database);
        await using var made = fresh.Open();
        Assert.Equal(await Tables.Schema(made), await Tables.Schema(again));
    }

    [Theory, OnEachDatabase]
    public async Task What_is_written_is_read_back(string database)
    {
        await using var world = await databases.FreshWorld(database);
        await using (var db = world.Open())
        {
            var project = Project.Create("Hands", LabelingTask.FlagBatch, new ProjectSettings { Guidelines = "Look at the *fingers*." }, world.Now);
            project.UsePrompts(["a hand", "an open hand", "a hand"]);
            db.Add(project);
            await db.SaveChangesAsync();
        }
        await using var again = world.Open();
        var read = await again.Projects.Include(p => p.Prompts).SingleAsync();
        Assert.Equal(("hands", world.Now, 2, "Look at the *fingers*."), (read.Slug, read.CreatedAt, read.Prompts.Count, read.Settings.Guidelines));
        Assert.Equal(1, await again.Projects.CountAsync(p => p.CreatedAt > world.Now.AddMilliseconds(-1) && p.CreatedAt <= world.Now));
    }

    [Theory, OnEachDatabase]
    public async Task A_database_of_a_newer_program_is_refused(string database)
    {
        await using var world = await databases.FreshWorld(database);
        await using (var db = world.Open())
        {
            await db.Database.ExecuteSqlAsync($"INSERT INTO \"SchemaVersions\" (\"Version\", \"Name\", \"AppliedAt\") VALUES (9999, 'future', 0)");
        }
        var error = await Assert.ThrowsAsync<LabelerException>(() => world.Get<Migrator>().Apply());
        Assert.Contains("version 9999", error.Message);
    }

    [Theory, OnEachDatabase]
    public async Task A_database_with_a_migration_of_a_newer_program_is_refused_and_stays_as_it_is(string database)
    {
        await using var world = await databases.FreshWorld(database);
        await using var db = world.Open();
        await db.Database.ExecuteSqlAsync($"INSERT INTO \"__EFMigrationsHistory\" (\"MigrationId\", \"ProductVersion\") VALUES ('29990101000000_Future', '99.0.0')");
        await db.Roles.ExecuteDeleteAsync();
        var error = await Assert.ThrowsAsync<LabelerException>(() => world.Get<Migrator>().Apply());
        Assert.Contains("29990101000000_Future", error.Message);
        Assert.Contains("backups folder", error.Message);
        Assert.Equal(0, await db.Roles.CountAsync());
    }

    [PostgreSqlFact]
    public async Task A_program_that_is_refused_holds_up_nobody_else()
    {
        await using var world = await databases.FreshWorld(Databases.PostgreSql);
        await using var db = world.Open();
        await db.Database.ExecuteSqlAsync($"INSERT INTO \"SchemaVersions\" VALUES (9999, 'future', 0)");
        await Assert.ThrowsAsync<LabelerException>(() => world.Get<Migrator>().Apply());
        Assert.Equal(0, await db.Database.SqlQuery<int>($"""
            SELECT count(*)::integer AS "Value" FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            """).SingleAsync());
    }

    [Fact]
    public async Task The_lock_that_a_killed_process_left_in_the_file_holds_nobody_up()
    {
        await using var world = World.On(null, null);
        await using (var killed = world.Open())
        {
            await killed.Database.OpenConnectionAsync();
            _ = await killed.GetService<IHistoryRepository>().AcquireDatabaseLockAsync();
        }
        await using (var db = world.Open())
        {
            Assert.Equal(1, await db.Database.SqlQuery<int>($"SELECT count(*) AS \"Value\" FROM \"__EFMigrationsLock\"").SingleAsync());
        }
        await world.Get<Migrator>().Apply().WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Before_a_migration_the_file_is_copied_and_only_the_last_five_copies_are_kept()
    {
        await using var world = await databases.World(Databases.Sqlite);
        await using var db = world.Open();
        db.Add(Project.Create("Hands", LabelingTask.FlagBatch, new ProjectSettings(), world.Now));
        await db.SaveChangesAsync();
        await db.Database.OpenConnectionAsync();
        for (var n = 0; n < 7; n++)
        {
            world.Clock.Advance(TimeSpan.FromSeconds(1));
            world.Get<DatabaseBackups>().Write(BackupKind.Version, "1");
        }
        var copies = Directory.GetFiles(Path.Combine(world.Folder, "backups")).Order().ToList();
        Assert.Equal(5, copies.Count);
        Assert.EndsWith($"labeler-{world.Now:yyyyMMdd-HHmmss}-version-1.db", copies[^1]);
        await using var copy = new SqliteConnection($"Data Source={copies[^1]};Pooling=False");
        await copy.OpenAsync();
        await using var command = copy.CreateCommand();
        command.CommandText = "SELECT \"Name\" FROM \"Projects\"";
        Assert.Equal("Hands", await command.ExecuteScalarAsync());
    }

    [Fact]
    public async Task A_moved_data_folder_still_holds_everything()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, groups: 1);
        SqliteConnection.ClearAllPools();
        var moved = world.Folder + "-moved";
        Directory.Move(world.Folder, moved);
        try
        {
            var options = new DbContextOptionsBuilder<SqliteLabelerDb>();
            SqliteLabelerDb.Configure(options, new DataFolder(moved));
            await using var db = new SqliteLabelerDb(options.Options);
            var image = await db.Images.FirstAsync();
            await new Shared.Storage.FolderStore(Path.Combine(moved, "files")).Verify(image.ContentHash);
            Assert.Equal(scene.Project.Name, (await db.Projects.SingleAsync()).Name);
        }
        finally
        {
            SqliteConnection.ClearAllPools();
            Directory.CreateDirectory(world.Folder);
            Directory.Delete(moved, recursive: true);
        }
    }
}
