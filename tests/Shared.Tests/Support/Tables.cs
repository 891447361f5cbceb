using System.Globalization;
using Labeler.Shared.Data;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Shared.Tests.Support;

/// <summary>What a database really holds, read past the model, as text to compare.</summary>
public static class Tables
{
    /// <summary>Every table with the names of its columns.</summary>
    public static async Task<IReadOnlyDictionary<string, string[]>> Columns(LabelerDb db)
    {
        var lines = await Query(db, db.Database.IsSqlite()
            ? "SELECT m.name, c.name FROM sqlite_master AS m, pragma_table_info(m.name) AS c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'"
            : "SELECT table_name::text, column_name::text FROM information_schema.columns WHERE table_schema = 'public'");
        return lines.GroupBy(line => (string)line[0]!, line => (string)line[1]!).ToDictionary(table => table.Key, table => table.Order(StringComparer.Ordinal).ToArray());
    }

    /// <summary>Every row of a table, these columns of it, with the type of each value: one a line, sorted.</summary>
    public static async Task<IReadOnlyList<string>> Rows(LabelerDb db, string table, IEnumerable<string> columns)
    {
        var rows = await Query(db, $"SELECT {string.Join(", ", columns.Select(column => $"\"{column}\""))} FROM \"{table}\"");
        return [.. rows.Select(row => string.Join(" | ", row.Select(Text))).Order(StringComparer.Ordinal)];
    }

    /// <summary>Every row of every table.</summary>
    public static async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> Rows(LabelerDb db, IReadOnlyDictionary<string, string[]> columns)
    {
        var tables = new Dictionary<string, IReadOnlyList<string>>();
        foreach (var table in columns.Keys)
        {
            tables[table] = await Rows(db, table, columns[table]);
        }
        return tables;
    }

    /// <summary>Every table's columns (name, type, nullability), keys and indexes, one a line.</summary>
    public static async Task<IReadOnlyList<string>> Schema(LabelerDb db)
    {
        var lines = await Query(db, db.Database.IsSqlite()
            ? """
              SELECT m.name || ' column ' || c.name || ' ' || c.type || ' ' || c."notnull" || ' ' || c.pk FROM sqlite_master AS m, pragma_table_info(m.name) AS c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'
              UNION ALL SELECT m.name || ' reference ' || f."from" || ' ' || f."table" || ' ' || f."to" || ' ' || f.on_delete FROM sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table'
              UNION ALL SELECT tbl_name || ' ' || sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL
              """
            : """
              SELECT table_name || ' column ' || column_name || ' ' || data_type || ' ' || coalesce(character_maximum_length::text, '') || ' ' || is_nullable || ' ' || is_identity FROM information_schema.columns WHERE table_schema = 'public'
              UNION ALL SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
              UNION ALL SELECT tablename || ' ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
              """);
        return [.. lines.Select(line => (string)line[0]!).Order(StringComparer.Ordinal)];
    }

    private static async Task<List<object?[]>> Query(LabelerDb db, string sql)
    {
        await db.Database.OpenConnectionAsync();
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = sql;
        var rows = new List<object?[]>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            var row = new object?[reader.FieldCount];
            reader.GetValues(row!);
            rows.Add(row);
        }
        return rows;
    }

    private static string Text(object? value) =>
        value is null or DBNull ? "nothing" : $"{value.GetType().Name} {Convert.ToString(value, CultureInfo.InvariantCulture)}";
}
