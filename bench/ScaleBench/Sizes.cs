using Npgsql;

namespace Labeler.Bench.Scaling;

/// <summary>What the tables and indexes take.</summary>
internal static class Sizes
{
    private const string Tables = """
        SELECT c.relname, GREATEST(c.reltuples, 0)::bigint, pg_table_size(c.oid), pg_indexes_size(c.oid) FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind = 'r' ORDER BY pg_total_relation_size(c.oid) DESC LIMIT 10
        """;

    private const string Indexes = """
        SELECT indexrelname, pg_relation_size(indexrelid), idx_scan FROM pg_stat_user_indexes ORDER BY 2 DESC LIMIT 16
        """;

    public static async Task Tell(string connection)
    {
        await using var to = new NpgsqlConnection(connection);
        await to.OpenAsync();
        Console.WriteLine("| table | rows | MB | MB of indexes | bytes a row, with indexes |\n|---|---|---|---|---|");
        await foreach (var row in Read(to, Tables))
        {
            var (rows, table, indexes) = (row.GetInt64(1), row.GetInt64(2), row.GetInt64(3));
            Console.WriteLine(FormattableString.Invariant(
                $"| {row.GetString(0)} | {rows:N0} | {table / 1e6:N0} | {indexes / 1e6:N0} | {(table + indexes) / Math.Max(1.0, rows):N0} |"));
        }
        Console.WriteLine("| index | MB | scans |\n|---|---|---|");
        await foreach (var row in Read(to, Indexes))
        {
            Console.WriteLine(FormattableString.Invariant($"| {row.GetString(0)} | {row.GetInt64(1) / 1e6:N0} | {row.GetInt64(2):N0} |"));
        }
        await foreach (var row in Read(to, "SELECT pg_database_size(current_database()), version()"))
        {
            Console.WriteLine(FormattableString.Invariant($"database: {row.GetInt64(0) / 1e9:0.00} GB, {row.GetString(1)}"));
        }
    }

    private static async IAsyncEnumerable<NpgsqlDataReader> Read(NpgsqlConnection to, string text)
    {
        await using var command = new NpgsqlCommand(text, to);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            yield return reader;
        }
    }
}
