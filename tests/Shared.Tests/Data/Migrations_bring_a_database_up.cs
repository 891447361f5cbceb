using Labeler.Shared.Accounts;
using Labeler.Shared.Data;
using Labeler.Shared.Projects;
using Labeler.Shared.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Xunit;

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
    public async Task The_hand_written_schema_is_the_one_the_model_asks_for(string database)
    {
        await using var migrated = await databases.FreshWorld(database);
        await using var db = migrated.Open();
        var written = await Schema(db);

        var folder = new DataFolder(Path.Combine(migrated.Folder, "model"));
        var options = new DbContextOptionsBuilder<LabelerDb>();
        Startup.Configure(options, folder, database == Databases.PostgreSql ? await databases.EmptyPostgreSql() : null);
        await using var fromModel = new LabelerDb(options.Options);
        await fromModel.Database.EnsureCreatedAsync();
        Assert.Equal(await Schema(fromModel), written.Where(line => !line.Contains("SchemaVersions", StringComparison.Ordinal)));
    }

    [Theory, OnEachDatabase]
    public async Task A_database_of_the_first_version_is_brought_up_with_its_projects(string database)
    {
        await using var world = database == Databases.PostgreSql ? World.On(await databases.EmptyPostgreSql(), null) : World.On(null, null);
        await using (var db = world.Open())
        {
            var first = Shared.Data.Migrations.Migration.All[0];
            await db.Database.OpenConnectionAsync();
            await using var command = db.Database.GetDbConnection().CreateCommand();
            command.CommandText = first.Sql(db.Database.IsSqlite()) + $"""

                INSERT INTO "SchemaVersions" ("Version", "Name", "AppliedAt") VALUES (1, '{first.Name}', 0);
                INSERT INTO "Projects" ("Slug", "Name", "Task", "Settings", "CreatedAt") VALUES ('hands', 'Hands', 0, '{JsonText.Write(new ProjectSettings { SignalBudget = 17 })}', 5);
                """;
            await command.ExecuteNonQueryAsync();
        }
        await world.Get<Migrator>().Apply();
        await using var again = world.Open();
        var read = await again.Projects.SingleAsync();
        Assert.Equal(("Hands", PictureSource.Sampled, 17), (read.Name, read.Source, read.Settings.SignalBudget));
        Assert.Equal(Shared.Data.Migrations.Migration.Newest, (await again.Database.SqlQuery<int>($"SELECT \"Version\" AS \"Value\" FROM \"SchemaVersions\"").ToListAsync()).Max());
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
            Shared.Data.Sqlite.Backup.Write(db, world.Get<DataFolder>(), version: 1, world.Now);
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
            var options = new DbContextOptionsBuilder<LabelerDb>();
            Startup.Configure(options, new DataFolder(moved), null);
            await using var db = new LabelerDb(options.Options);
            var image = await db.Images.FirstAsync();
            await new Shared.Files.FileStore(Path.Combine(moved, "files")).Verify(image.ContentHash);
            Assert.Equal(scene.Project.Name, (await db.Projects.SingleAsync()).Name);
        }
        finally
        {
            SqliteConnection.ClearAllPools();
            Directory.CreateDirectory(world.Folder);
            Directory.Delete(moved, recursive: true);
        }
    }

    // Every table's columns (name, type, nullability), keys and indexes, one a line.
    private static async Task<List<string>> Schema(LabelerDb db)
    {
        await db.Database.OpenConnectionAsync();
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = db.Database.IsSqlite()
            ? """
              SELECT m.name || ' column ' || c.name || ' ' || c.type || ' ' || c."notnull" || ' ' || c.pk FROM sqlite_master AS m, pragma_table_info(m.name) AS c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'
              UNION ALL SELECT m.name || ' reference ' || f."from" || ' ' || f."table" || ' ' || f."to" || ' ' || f.on_delete FROM sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table'
              UNION ALL SELECT tbl_name || ' ' || sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL
              """
            : """
              SELECT table_name || ' column ' || column_name || ' ' || data_type || ' ' || coalesce(character_maximum_length::text, '') || ' ' || is_nullable || ' ' || is_identity FROM information_schema.columns WHERE table_schema = 'public'
              UNION ALL SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
              UNION ALL SELECT tablename || ' ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
              """;
        var lines = new List<string>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            lines.Add(reader.GetString(0));
        }
        lines.Sort(StringComparer.Ordinal);
        return lines;
    }
}
