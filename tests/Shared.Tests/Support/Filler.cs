using Labeler.Shared.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Labeler.Shared.Tests.Support;

/// <summary>Puts a row into every table of a SQLite database that has none, with a value of its type in every column.</summary>
public static class Filler
{
    public static async Task FillEmptyTables(LabelerDb db)
    {
        await db.Database.OpenConnectionAsync();
        var left = db.Model.GetRelationalModel().Tables.ToList();
        while (left.Count > 0)
        {
            var table = left.First(one => !one.ForeignKeyConstraints.Any(key => key.PrincipalTable != one && left.Contains(key.PrincipalTable)));
            left.Remove(table);
            if (await Ask(db, $"SELECT 1 FROM \"{table.Name}\" LIMIT 1") is null)
            {
                await Fill(db, table);
            }
        }
    }

    private static async Task Fill(LabelerDb db, ITable table)
    {
        var values = new Dictionary<string, object>();
        foreach (var column in table.Columns)
        {
            var key = table.ForeignKeyConstraints.FirstOrDefault(one => one.PrincipalTable != table && one.Columns[0] == column);
            values[column.Name] = key is null ? Value(column)
                : (await Ask(db, $"SELECT \"{key.PrincipalColumns[0].Name}\" FROM \"{key.PrincipalTable.Name}\" LIMIT 1"))!;
        }
        await using var insert = db.Database.GetDbConnection().CreateCommand();
        insert.CommandText = $"INSERT INTO \"{table.Name}\" ({string.Join(", ", values.Keys.Select(name => $"\"{name}\""))}) "
            + $"VALUES ({string.Join(", ", values.Keys.Select((_, i) => $"$p{i}"))})";
        foreach (var (value, i) in values.Values.Select((value, i) => (value, i)))
        {
            var parameter = insert.CreateParameter();
            (parameter.ParameterName, parameter.Value) = ($"$p{i}", value);
            insert.Parameters.Add(parameter);
        }
        await insert.ExecuteNonQueryAsync();
    }

    private static object Value(IColumn column) => (Nullable.GetUnderlyingType(column.ProviderClrType) ?? column.ProviderClrType) switch
    {
        var type when type == typeof(string) => "{}",
        var type when type == typeof(Guid) => Guid.NewGuid(),
        var type when type == typeof(byte[]) => new byte[] { 1, 2, 3 },
        var type when type == typeof(double) || type == typeof(float) => 0.25,
        var type when type == typeof(bool) => true,
        _ => 1L,
    };

    private static async Task<object?> Ask(LabelerDb db, string question)
    {
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = question;
        return await command.ExecuteScalarAsync();
    }
}
