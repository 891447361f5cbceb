using System.Collections;
using System.Data.Common;
using Labeler.Shared.Data;
using Labeler.Shared.Projects;
using Labeler.Shared.Tests.Support;
using Labeler.Shared.Voting;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Labeler.Shared.Tests.Data;

[Collection(Databases.Collection)]
public sealed class Databases_from_before_the_migrations_are_adopted(Databases databases)
{
    [Theory, OnEachDatabase]
    public async Task The_one_that_is_tested_has_a_row_in_every_table_and_a_value_in_every_column(string database)
    {
        await using var world = await databases.LegacyWorld(database);
        await using var db = world.Open();
        var columns = await Tables.Columns(db);
        var migrations = db.GetService<IMigrationsAssembly>();
        var adopted = migrations.CreateMigration(migrations.Migrations.First().Value, db.Database.ProviderName!).TargetModel;
        Assert.Superset(adopted.GetEntityTypes().Select(type => type.GetTableName()!).ToHashSet(), columns.Keys.ToHashSet());
        Assert.Equal(27, columns.Count);
        foreach (var (table, column) in columns.SelectMany(table => table.Value.Select(column => (table.Key, column))))
        {
            Assert.Contains(await Tables.Rows(db, table, [column]), value => value != "nothing");
        }
    }

    [Theory, OnEachDatabase(1, 2, 3, 4, 5, 6, 7)]
    public async Task Every_row_is_there_afterwards(string database, int version)
    {
        await using var world = await databases.LegacyWorld(database, version);
        await using var db = world.Open();
        var columns = await Tables.Columns(db);
        var before = await Tables.Rows(db, columns);
        Assert.All(before, table => Assert.NotEmpty(table.Value));

        await Task.WhenAll(world.Get<Migrator>().Apply(), world.Get<Migrator>().Apply());
        var after = await Tables.Rows(db, columns);
        Assert.All(before.Keys.Where(table => table != "SchemaVersions"), table => Assert.Equal(before[table], after[table]));
        Assert.Superset(before["SchemaVersions"].ToHashSet(), after["SchemaVersions"].ToHashSet());

        await using var fresh = await databases.World(database);
        await using var made = fresh.Open();
        Assert.Equal(await Tables.Schema(made), await Tables.Schema(db));
        Assert.Equal(await made.Database.GetAppliedMigrationsAsync(), await db.Database.GetAppliedMigrationsAsync());
    }

    [Theory, OnEachDatabase]
    public async Task Every_row_is_read_through_the_model_and_new_ones_go_on_counting(string database)
    {
        await using var world = await databases.LegacyWorld(database);
        await using var db = world.Open();
        var before = await Tables.Rows(db, await Tables.Columns(db));
        await world.Get<Migrator>().Apply();

        foreach (var type in db.Model.GetEntityTypes())
        {
            var rows = (IEnumerable)typeof(DbContext).GetMethod(nameof(DbContext.Set), [])!.MakeGenericMethod(type.ClrType).Invoke(db, null)!;
            // A table that later migrations made is there, and empty.
            Assert.Equal(before.TryGetValue(type.GetTableName()!, out var old) ? old.Count : 0, rows.Cast<object>().Count());
        }
        var hands = await db.Projects.OrderBy(p => p.Id).FirstAsync();
        Assert.Equal((17, "Look at the *fingers* – „fünf“, 手, 🖐; 'quotes' and \"these\"."), (hands.Settings.SignalBudget, hands.Settings.Guidelines));
        Assert.Contains(await db.Votes.Select(v => v.Verdict).ToListAsync(), verdict => verdict is SkipVerdict { Reason: "not sure: “手”" });

        var project = Project.Create("One more", LabelingTask.FlagBatch, new ProjectSettings(), world.Now);
        db.Add(project);
        await db.SaveChangesAsync();
        Assert.Equal(before["Projects"].Count + 1, project.Id);
    }

    [Theory, OnEachDatabase]
    public async Task Programs_from_before_refuse_what_was_adopted_and_what_is_new(string database)
    {
        await using var adopted = await databases.LegacyWorld(database);
        await adopted.Get<Migrator>().Apply();
        await using var fresh = await databases.World(database);
        foreach (var world in new[] { adopted, fresh })
        {
            await using var db = world.Open();
            Assert.True(await db.Database.SqlQuery<long>($"SELECT max(\"Version\") AS \"Value\" FROM \"SchemaVersions\"").SingleAsync() > LegacyDatabase.Newest);
        }
    }

    [Theory, OnEachDatabase]
    public async Task When_it_fails_halfway_everything_is_as_it_was(string database)
    {
        await using var world = await databases.LegacyWorld(database, version: 5);
        await using var db = world.Open();
        // The step to version 6 adds JobId, and then this.
        await db.Database.ExecuteSqlAsync($"ALTER TABLE \"Checkpoints\" ADD COLUMN \"Step\" integer");
        var columns = await Tables.Columns(db);
        var (schema, before) = (await Tables.Schema(db), await Tables.Rows(db, columns));
        await Assert.ThrowsAnyAsync<DbException>(() => world.Get<Migrator>().Apply());
        Assert.Equal(schema, await Tables.Schema(db));
        Assert.Equal(before, await Tables.Rows(db, columns));
    }

    [Fact]
    public async Task A_copy_of_the_file_is_kept_as_it_was()
    {
        await using var world = await databases.LegacyWorld(Databases.Sqlite);
        await using var db = world.Open();
        var columns = await Tables.Columns(db);
        var before = await Tables.Rows(db, columns);
        await world.Get<Migrator>().Apply();
        await world.Get<Migrator>().Apply();

        var copy = Assert.Single(Directory.GetFiles(Path.Combine(world.Folder, "backups")));
        Assert.EndsWith("-version-7.db", copy);
        await using var restored = World.On(null, copy);
        await using var old = restored.Open();
        Assert.Equal(before, await Tables.Rows(old, columns));
        Assert.Equal(columns.Keys.Order(), (await Tables.Columns(old)).Keys.Order());
    }

    [Fact]
    public async Task A_copy_is_made_before_any_later_migration_too()
    {
        await using var world = await databases.FreshWorld(Databases.Sqlite);
        await using var db = world.Open();
        // The migration is not recorded, so it is applied again, and fails at the first table that is there.
        await db.Database.ExecuteSqlAsync($"DELETE FROM \"__EFMigrationsHistory\"");
        var columns = await Tables.Columns(db);
        var before = await Tables.Rows(db, columns);
        await Assert.ThrowsAsync<SqliteException>(() => world.Get<Migrator>().Apply());

        await using var restored = World.On(null, Assert.Single(Directory.GetFiles(Path.Combine(world.Folder, "backups"))));
        await using var copy = restored.Open();
        Assert.Equal(before, await Tables.Rows(copy, columns));
        Assert.Equal(before, await Tables.Rows(db, columns));
    }
}
