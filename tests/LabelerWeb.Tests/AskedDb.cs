using System.Data.Common;
using Labeler.Shared.Data;
using Labeler.Shared.Data.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Labeler.Web.Tests;

/// <summary>A SQLite database, by its connection string, that keeps what it was asked and says how it goes about it.</summary>
internal sealed class AskedDb(string file)
{
    private readonly Kept _kept = new();

    public LabelerDb Open() => new SqliteLabelerDb(new DbContextOptionsBuilder<SqliteLabelerDb>().UseSqlite(file).AddInterceptors(_kept).Options);

    /// <summary>The steps of each query so far, in the order of asking.</summary>
    public async Task<List<List<string>>> Plans()
    {
        await using var connection = new SqliteConnection(file);
        await connection.OpenAsync();
        var plans = new List<List<string>>();
        foreach (var (text, values) in _kept.Asked)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = $"EXPLAIN QUERY PLAN {text}";
            command.Parameters.AddRange(values.Select(value => new SqliteParameter(value.Name, value.Value)));
            await using var steps = await command.ExecuteReaderAsync();
            var plan = new List<string>();
            while (await steps.ReadAsync())
            {
                plan.Add(steps.GetString(3));
            }
            plans.Add(plan);
        }
        return plans;
    }

    private sealed class Kept : DbCommandInterceptor
    {
        public List<(string Text, List<(string Name, object? Value)> Values)> Asked { get; } = [];

        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
        {
            Asked.Add((command.CommandText, [.. command.Parameters.Cast<DbParameter>().Select(value => (value.ParameterName, value.Value))]));
            return ValueTask.FromResult(result);
        }
    }
}
