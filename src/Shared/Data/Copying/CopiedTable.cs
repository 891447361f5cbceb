using Microsoft.EntityFrameworkCore.Metadata;

namespace Labeler.Shared.Data.Copying;

/// <summary>A column as it is read and written.</summary>
/// <param name="Type">What the database's driver gives and takes, without what makes it nullable.</param>
/// <param name="StoreType">The database's own name of the type, without a length: <c>character varying</c>.</param>
internal sealed record CopiedColumn(string Name, Type Type, string StoreType)
{
    internal static CopiedColumn Of(IColumn column) => new(
        column.Name, Nullable.GetUnderlyingType(column.ProviderClrType) ?? column.ProviderClrType, column.StoreType.Split('(')[0]);
}

/// <summary>A table of the model.</summary>
/// <param name="Identity">The column whose numbers the database gives; null where there is none.</param>
internal sealed record CopiedTable(string Name, IReadOnlyList<CopiedColumn> Columns, IReadOnlyList<string> Key, string? Identity)
{
    /// <summary>The names of all columns, quoted, with commas.</summary>
    public string ColumnList => string.Join(", ", Columns.Select(column => Quoted(column.Name)));

    /// <summary>A name as SQLite and PostgreSQL take it.</summary>
    public static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>All tables of a database's model; each comes after those that it refers to.</summary>
    public static IReadOnlyList<CopiedTable> In(LabelerDb db)
    {
        var left = db.Model.GetRelationalModel().Tables.OrderBy(table => table.Name, StringComparer.Ordinal).ToList();
        var ordered = new List<CopiedTable>();
        while (left.Count > 0)
        {
            var next = left.First(table => !table.ForeignKeyConstraints.Any(key => key.PrincipalTable != table
                && left.Contains(key.PrincipalTable)));
            left.Remove(next);
            ordered.Add(Of(next));
        }
        return ordered;
    }

    private static CopiedTable Of(ITable table) => new(
        table.Name,
        [.. table.Columns.OrderBy(column => column.Name, StringComparer.Ordinal).Select(CopiedColumn.Of)],
        [.. table.PrimaryKey!.Columns.Select(column => column.Name)],
        table.PrimaryKey.Columns is [var only] && only.PropertyMappings.Any(mapping =>
            mapping.Property.ValueGenerated == ValueGenerated.OnAdd
                && (mapping.Property.ClrType == typeof(long) || mapping.Property.ClrType == typeof(int))) ? only.Name : null);
}
