using Parquet;
using Parquet.Schema;

namespace Labeler.Shared.PreferenceSets.Reading;

/// <summary>Which columns of a Parquet file hold prompt, pictures and label, and what they hold.</summary>
internal sealed class ParquetColumns
{
    private readonly DataField _prompt;
    private readonly DataField _first;
    private readonly DataField _second;
    private readonly DataField? _label;
    private readonly DataField? _hasLabel;
    private readonly DataField? _weight;
    private readonly DataField? _votes;
    private readonly bool _firstWon;

    /// <param name="file">The file's name, for people.</param>
    /// <exception cref="LabelerException">They are not those of a preference set, or not of its types.</exception>
    public ParquetColumns(string file, ParquetSchema schema)
    {
        var names = schema.Fields.Select(field => field.Name).ToList();
        if (names.Contains("jpg_0") && names.Contains("jpg_1") && names.Contains("caption"))
        {
            (_prompt, _first, _second) = (Text(file, schema, "caption"), Bytes(file, schema, "jpg_0"), Bytes(file, schema, "jpg_1"));
            _label = Number(file, schema, "label_0");
            _hasLabel = names.Contains("has_label") ? Plain(file, schema, "has_label", typeof(bool)) : null;
        }
        else if (names.Contains("prompt") && names.Contains("chosen") && names.Contains("rejected"))
        {
            (_prompt, _first, _second) = (Text(file, schema, "prompt"), Bytes(file, schema, "chosen"), Bytes(file, schema, "rejected"));
            _firstWon = true;
        }
        else
        {
            var there = string.Join(", ", names.Take(30));
            throw new LabelerException(
                $"{file} has neither the columns caption, jpg_0, jpg_1 and label_0 of Pick-a-Pic nor prompt, chosen and rejected; it has "
                    + $"{there}.");
        }
        _weight = names.Contains("weight") ? Number(file, schema, "weight") : null;
        _votes = names.Contains("votes") ? Number(file, schema, "votes") : null;
    }

    /// <summary>One group's values, row by row.</summary>
    public sealed record Values(
        string?[] Prompts, byte[]?[] First, byte[]?[] Second, double?[] Labels, double?[] Weights, double?[] Votes);

    public string FirstName => _first.Path.FirstPart!;
    public string SecondName => _second.Path.FirstPart!;

    public async Task<Values> Read(ParquetRowGroupReader rows, CancellationToken cancel)
    {
        var count = checked((int)rows.RowCount);
        var prompts = new string?[count];
        var (first, second) = (new byte[]?[count], new byte[]?[count]);
        await rows.ReadAsync(_prompt, prompts.AsMemory(), cancellationToken: cancel);
        await rows.ReadAsync(_first, first.AsMemory(), cancellationToken: cancel);
        await rows.ReadAsync(_second, second.AsMemory(), cancellationToken: cancel);
        var labels = _label is null ? [.. Enumerable.Repeat<double?>(_firstWon ? 1 : null, count)]
            : await Numbers(rows, _label, count, cancel);
        if (_hasLabel is not null)
        {
            var said = await Column<bool>(rows, _hasLabel, count, cancel);
            labels = [.. labels.Zip(said, (label, has) => has == false ? null : label)];
        }
        return new(
            prompts, first, second, labels, await Numbers(rows, _weight, count, cancel), await Numbers(rows, _votes, count, cancel));
    }

    private static async Task<double?[]> Numbers(ParquetRowGroupReader rows, DataField? field, int count, CancellationToken cancel) =>
        field is null ? new double?[count] : Type.GetTypeCode(field.ClrType) switch
        {
            TypeCode.Double => await Column<double>(rows, field, count, cancel),
            TypeCode.Single => [.. (await Column<float>(rows, field, count, cancel)).Select(value => (double?)value)],
            TypeCode.Int32 => [.. (await Column<int>(rows, field, count, cancel)).Select(value => (double?)value)],
            _ => [.. (await Column<long>(rows, field, count, cancel)).Select(value => (double?)value)],
        };

    private static async Task<T?[]> Column<T>(ParquetRowGroupReader rows, DataField field, int count, CancellationToken cancel)
        where T : struct
    {
        var values = new T?[count];
        if (field.IsNullable)
        {
            await rows.ReadAsync(field, values.AsMemory(), cancellationToken: cancel);
            return values;
        }
        var plain = new T[count];
        await rows.ReadAsync(field, plain.AsMemory(), cancellationToken: cancel);
        return [.. plain.Select(value => (T?)value)];
    }

    private static DataField Text(string file, ParquetSchema schema, string name) =>
        Plain(file, schema, name, typeof(ReadOnlyMemory<char>));

    private static DataField Number(string file, ParquetSchema schema, string name) =>
        Plain(file, schema, name, typeof(double), typeof(float), typeof(int), typeof(long));

    // A picture is its bytes, or as the library datasets has it, a structure of bytes and path.
    private static DataField Bytes(string file, ParquetSchema schema, string name)
    {
        var field = schema.Fields.First(one => one.Name == name);
        return field is StructField picture && picture.Fields.OfType<DataField>().FirstOrDefault(one => one.Name == "bytes") is { } bytes
            ? Checked(file, $"{name}.bytes", bytes, typeof(ReadOnlyMemory<byte>)) : Plain(file, schema, name, typeof(ReadOnlyMemory<byte>));
    }

    private static DataField Plain(string file, ParquetSchema schema, string name, params Type[] types) =>
        schema.Fields.FirstOrDefault(one => one.Name == name) switch
        {
            DataField field => Checked(file, name, field, types),
            null => throw new LabelerException($"{file} has no column {name}."),
            var other => throw new LabelerException(
                $"The column {name} of {file} is nested ({other.SchemaType}); a plain one is expected."),
        };

    private static DataField Checked(string file, string name, DataField field, params Type[] types)
    {
        LabelerException.ThrowIf(
            field.IsArray || field.MaxRepetitionLevel > 0, $"The column {name} of {file} holds lists; one value is expected.");
        return types.Contains(field.ClrType) ? field : throw new LabelerException(
            $"The column {name} of {file} holds {Named(field.ClrType)}; {Named(types[0])} is expected.");
    }

    private static string Named(Type type) => type == typeof(ReadOnlyMemory<char>) ? "text" : type == typeof(ReadOnlyMemory<byte>) ? "bytes"
        : type.Name;
}
