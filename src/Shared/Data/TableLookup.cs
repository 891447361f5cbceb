namespace Labeler.Shared.Data;

/// <summary>Asks the database itself for a table, where the model does not know it.</summary>
internal static class TableLookup
{
    public static async Task<bool> HasTable(this LabelerDb db, string name, CancellationToken cancel)
    {
        var found = db.Database.IsSqlite()
            ? db.Database.SqlQuery<long>($"SELECT count(*) AS \"Value\" FROM sqlite_master WHERE type = 'table' AND name = {name}")
            : db.Database.SqlQuery<long>(
                $"""
                SELECT count(*) AS "Value" FROM information_schema.tables
                WHERE table_schema = current_schema() AND table_name = {name}
                """);
        return await found.SingleAsync(cancel) > 0;
    }
}
