using Labeler.Shared.Data;
using Labeler.Shared.Data.Copying;
using Labeler.Shared.Projects;
using Labeler.Shared.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Shared.Tests.Data;

[Collection(Databases.Collection)]
public sealed class A_database_is_copied_into_another(Databases databases)
{
    [PostgreSqlFact]
    public async Task Every_row_of_every_table_goes_to_postgresql_and_comes_back_the_same()
    {
        await using var first = await databases.LegacyWorld(Databases.Sqlite);
        await first.Get<Migrator>().Apply();
        await using var second = await databases.World(Databases.PostgreSql);
        await using var third = await databases.World(Databases.Sqlite);
        await using (var db = first.Open())
        {
            await Filler.FillEmptyTables(db);
        }

        var there = await Copied(first, second);
        var back = await Copied(second, third);

        Assert.Equal(there, back);
        Assert.All(there, table => Assert.True(table.Rows > 0, $"{table.Table} has no row, so nothing is shown about it"));
        await using var before = first.Open();
        await using var after = third.Open();
        var columns = await Tables.Columns(after);
        Assert.Equal(there.Select(table => table.Table).Order(), columns.Keys.Except(["__EFMigrationsHistory", "__EFMigrationsLock", "SchemaVersions"]).Order());
        foreach (var (table, names) in columns.Where(table => there.Any(one => one.Table == table.Key)))
        {
            Assert.Equal(await Tables.Rows(before, table, names), await Tables.Rows(after, table, names));
        }
    }

    [Theory, OnEachDatabase]
    public async Task What_is_added_afterwards_gets_numbers_of_its_own(string database)
    {
        await using var from = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(from, groups: 2);
        await scene.VoteAll(Guid.NewGuid(), _ => Scene.Flag(1));
        await using var to = await databases.World(database);
        await Copied(from, to);

        await using var db = to.Open();
        var highest = await db.Projects.MaxAsync(project => project.Id);
        var next = await Scene.Sampled(to, groups: 1, LabelingTask.PreferPair);
        Assert.True(next.Project.Id > highest);
    }

    [Theory, OnEachDatabase]
    public async Task One_that_holds_something_is_not_filled(string database)
    {
        await using var from = await databases.World(Databases.Sqlite);
        await Scene.Sampled(from, groups: 1);
        await using var to = await databases.World(database);
        var scene = await Scene.Sampled(to, groups: 2);

        var refused = await Assert.ThrowsAsync<LabelerException>(() => Copied(from, to));

        Assert.Contains("is not empty: its table", refused.Message);
        Assert.Equal(2, await scene.Read(db => db.Groups.CountAsync()));
        Assert.Equal(3, await scene.Read(db => db.Roles.CountAsync()));
    }

    [Theory, OnEachDatabase]
    public async Task One_that_has_no_tables_yet_is_refused(string database)
    {
        await using var from = await databases.World(Databases.Sqlite);
        await using var to = await databases.EmptyWorld(database);
        Assert.Contains("start this version of the application on it once", (await Assert.ThrowsAsync<LabelerException>(() => Copied(from, to))).Message);
    }

    [PostgreSqlFact]
    public async Task A_text_that_postgresql_cannot_hold_is_named_and_nothing_is_changed()
    {
        await using var from = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(from, groups: 1);
        await using (var db = from.Open())
        {
            await db.Database.ExecuteSqlAsync($"UPDATE \"Prompts\" SET \"Text\" = 'a' || char(0) || 'b'");
        }
        await using var to = await databases.World(Databases.PostgreSql);

        var refused = await Assert.ThrowsAsync<LabelerException>(() => Copied(from, to));

        Assert.StartsWith("The table Prompts cannot be copied", refused.Message);
        await using var target = to.Open();
        Assert.Equal((0, 3), (await target.Projects.CountAsync(), await target.Roles.CountAsync()));
    }

    private static async Task<List<TableCount>> Copied(World from, World to)
    {
        await using var source = from.Open();
        await using var target = to.Open();
        var tables = new List<TableCount>();
        var rows = await DatabaseCopy.Run(source, target, tables.Add);
        Assert.Equal(rows, tables.Sum(table => table.Rows));
        return tables;
    }
}
