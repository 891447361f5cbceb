using Parquet;
using Parquet.Schema;

namespace Labeler.Shared.PreferenceSets.Tables;

/// <summary>A column of a Parquet table, by what it takes of a row.</summary>
internal sealed class TableColumn<T>
{
    private readonly Func<ParquetRowGroupWriter, DataField, IReadOnlyList<T>, Task> _write;

    private TableColumn(DataField field, Func<ParquetRowGroupWriter, DataField, IReadOnlyList<T>, Task> write) =>
        (Field, _write) = (field, write);

    public DataField Field { get; }

    public static TableColumn<T> Text(string name, Func<T, string?> of) => new(new DataField<string>(name),
        (group, field, rows) => group.WriteAsync(field, rows.Select(of).ToArray()!));

    public static TableColumn<T> Bytes(string name, Func<T, byte[]> of) => new(new DataField<byte[]>(name),
        (group, field, rows) => group.WriteAsync(field, rows.Select(of).ToArray()));

    public static TableColumn<T> Value<TValue>(string name, Func<T, TValue> of) where TValue : struct => new(new DataField<TValue>(name),
        (group, field, rows) => group.WriteAsync<TValue>(field, rows.Select(of).ToArray()));

    public static TableColumn<T> Maybe<TValue>(string name, Func<T, TValue?> of) where TValue : struct => new(new DataField<TValue?>(name),
        (group, field, rows) => group.WriteAsync<TValue>(field, rows.Select(of).ToArray()));

    /// <summary>Microseconds since 1970 in UTC.</summary>
    public static TableColumn<T> Time(string name, Func<T, DateTimeOffset> of) => new(Timestamp(name, isNullable: false),
        (group, field, rows) => group.WriteAsync<DateTime>(field, rows.Select(row => of(row).UtcDateTime).ToArray()));

    /// <inheritdoc cref="Time" />
    public static TableColumn<T> MaybeTime(string name, Func<T, DateTimeOffset?> of) => new(Timestamp(name, isNullable: true),
        (group, field, rows) => group.WriteAsync<DateTime>(field, rows.Select(row => of(row)?.UtcDateTime).ToArray()));

    /// <param name="field">The schema's own.</param>
    public Task Write(ParquetRowGroupWriter group, DataField field, IReadOnlyList<T> rows) => _write(group, field, rows);

    private static DateTimeDataField Timestamp(string name, bool isNullable) =>
        new(name, DateTimeFormat.Timestamp, isAdjustedToUTC: true, DateTimeTimeUnit.Micros, isNullable: isNullable);
}
