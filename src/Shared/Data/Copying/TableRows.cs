using System.Data.Common;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Labeler.Shared.Data.Copying;

/// <summary>Reads the rows of a table without entities.</summary>
internal static class TableRows
{
    private static readonly MethodInfo Typed = typeof(TableRows).GetMethod(nameof(Value), BindingFlags.NonPublic | BindingFlags.Static)!;

    /// <summary>All rows, in the order of the key.</summary>
    /// <param name="connection">Open, in the transaction whose state is read.</param>
    /// <returns>One array for all rows, which the next row overwrites.</returns>
    public static async IAsyncEnumerable<object?[]> Read(
        DbConnection connection, DbTransaction transaction, CopiedTable table, [EnumeratorCancellation] CancellationToken cancel)
    {
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = $"SELECT {table.ColumnList} FROM {CopiedTable.Quoted(table.Name)} "
            + $"ORDER BY {string.Join(", ", table.Key.Select(CopiedTable.Quoted))}";
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync(cancel);
        Func<DbDataReader, int, object>[] read = [.. table.Columns.Select(column =>
            Typed.MakeGenericMethod(column.Type).CreateDelegate<Func<DbDataReader, int, object>>())];
        var values = new object?[read.Length];
        while (await reader.ReadAsync(cancel))
        {
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = reader.IsDBNull(i) ? null : read[i](reader, i);
            }
            yield return values;
        }
    }

    private static object Value<T>(DbDataReader reader, int column) => reader.GetFieldValue<T>(column)!;
}
