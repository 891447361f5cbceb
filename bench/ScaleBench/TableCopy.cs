using System.Diagnostics;
using Npgsql;
using NpgsqlTypes;

namespace Labeler.Bench.Scaling;

/// <summary>Writes many rows by COPY in its binary form.</summary>
internal static class TableCopy
{
    private const int Told = 2_000_000;

    /// <param name="columns">Separated by blanks.</param>
    /// <param name="write">Writes a row's values in that order.</param>
    public static async Task Fill<T>(NpgsqlConnection to, string table, string columns, IEnumerable<T> rows, Action<NpgsqlBinaryImporter, T> write)
    {
        var began = Stopwatch.StartNew();
        var names = string.Join(", ", columns.Split(' ').Select(column => $"\"{column}\""));
        await using var importer = await to.BeginBinaryImportAsync($"COPY \"{table}\" ({names}) FROM STDIN (FORMAT binary)");
        importer.Timeout = TimeSpan.FromHours(1);
        var count = 0L;
        foreach (var row in rows)
        {
            importer.StartRow();
            write(importer, row);
            if (++count % Told == 0)
            {
                Console.WriteLine(FormattableString.Invariant($"  {table}: {count:N0} rows, {began.Elapsed.TotalSeconds:0} s"));
            }
        }
        await importer.CompleteAsync();
        Console.WriteLine(FormattableString.Invariant($"{table}: {count:N0} rows, {began.Elapsed.TotalSeconds:0} s"));
    }

    public static NpgsqlBinaryImporter Number(this NpgsqlBinaryImporter row, long value)
    {
        row.Write(value, NpgsqlDbType.Bigint);
        return row;
    }

    public static NpgsqlBinaryImporter Number(this NpgsqlBinaryImporter row, long? value) => value is { } number ? row.Number(number) : row.Null();

    public static NpgsqlBinaryImporter Small(this NpgsqlBinaryImporter row, int value)
    {
        row.Write(value, NpgsqlDbType.Integer);
        return row;
    }

    public static NpgsqlBinaryImporter Text(this NpgsqlBinaryImporter row, string? value)
    {
        if (value is null)
        {
            return row.Null();
        }
        row.Write(value, NpgsqlDbType.Text);
        return row;
    }

    public static NpgsqlBinaryImporter Id(this NpgsqlBinaryImporter row, Guid value)
    {
        row.Write(value, NpgsqlDbType.Uuid);
        return row;
    }

    public static NpgsqlBinaryImporter Is(this NpgsqlBinaryImporter row, bool value)
    {
        row.Write(value, NpgsqlDbType.Boolean);
        return row;
    }

    public static NpgsqlBinaryImporter Real(this NpgsqlBinaryImporter row, double? value)
    {
        if (value is null)
        {
            return row.Null();
        }
        row.Write(value.Value, NpgsqlDbType.Double);
        return row;
    }

    public static NpgsqlBinaryImporter Signal(this NpgsqlBinaryImporter row, int? value) => value is { } number ? row.Small(number) : row.Null();

    private static NpgsqlBinaryImporter Null(this NpgsqlBinaryImporter row)
    {
        row.WriteNull();
        return row;
    }
}
