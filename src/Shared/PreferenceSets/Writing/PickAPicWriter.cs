using Parquet;
using Parquet.Schema;

namespace Labeler.Shared.PreferenceSets.Writing;

/// <summary>
/// The columns of Pick-a-Pic (arXiv 2305.01569; its data set's card names and types them). A picture's id is its content hash, and it has
/// no address of its own. The pictures in <c>jpg_0</c> and <c>jpg_1</c> keep their format, so that none loses a pixel: readers open them by
/// content.
/// </summary>
internal sealed class PickAPicWriter : ParquetPairs
{
    protected override ParquetSchema Schema { get; } = new(
        new DataField<bool>("are_different"), new DataField<string>("best_image_uid"), new DataField<string>("caption"),
        new DateTimeDataField("created_at", DateTimeFormat.Timestamp, isAdjustedToUTC: false, DateTimeTimeUnit.Nanos),
        new DataField<bool>("has_label"), new DataField<string>("image_0_uid"), new DataField<string>("image_0_url"),
        new DataField<string>("image_1_uid"), new DataField<string>("image_1_url"), new DataField<byte[]>("jpg_0"),
        new DataField<byte[]>("jpg_1"), new DataField<double>("label_0"), new DataField<double>("label_1"),
        new DataField<string>("model_0"), new DataField<string>("model_1"), new DataField<long>("ranking_id"),
        new DataField<long?>("user_id"), new DataField<long>("num_example_per_prompt"), new DataField<long>("__index_level_0__"));

    protected override string Features { get; } = Of(
        ("are_different", "bool"), ("best_image_uid", "string"), ("caption", "string"), ("created_at", "timestamp[ns]"),
        ("has_label", "bool"), ("image_0_uid", "string"), ("image_0_url", "string"), ("image_1_uid", "string"), ("image_1_url", "string"),
        ("jpg_0", "binary"), ("jpg_1", "binary"), ("label_0", "float64"), ("label_1", "float64"), ("model_0", "string"),
        ("model_1", "string"), ("ranking_id", "int64"), ("user_id", "int64"), ("num_example_per_prompt", "int64"),
        ("__index_level_0__", "int64"));

    protected override async Task Write(ParquetRowGroupWriter group, DataField[] columns, IReadOnlyList<Pair> pairs)
    {
        var at = 0;
        T[] All<T>(Func<Pair, T> of) => [.. pairs.Select(of)];
        Task Texts(Func<Pair, string> of) => group.WriteAsync(columns[at++], All(of));
        Task Pictures(Func<Pair, byte[]> of) => group.WriteAsync(columns[at++], All(of));
        Task Values<T>(Func<Pair, T> of) where T : struct => group.WriteAsync<T>(columns[at++], All(of));
        await Values(pair => pair.Row.First != pair.Row.Second);
        await Texts(pair => pair.Row.Chosen);
        await Texts(pair => pair.Row.Prompt);
        await Values(pair => pair.Row.At.UtcDateTime);
        await Values(_ => true);
        await Texts(pair => pair.Row.First);
        await Texts(_ => "");
        await Texts(pair => pair.Row.Second);
        await Texts(_ => "");
        await Pictures(pair => pair.First.Content);
        await Pictures(pair => pair.Second.Content);
        await Values(pair => pair.Row.FirstWins ? 1.0 : 0.0);
        await Values(pair => pair.Row.FirstWins ? 0.0 : 1.0);
        await Texts(pair => pair.Row.Model);
        await Texts(pair => pair.Row.Model);
        await Values(pair => pair.Number);
        await group.WriteAsync<long>(columns[at++], All(pair => (long?)pair.Row.Person));
        await Values(pair => (long)pair.Row.RowsOfPrompt);
        await Values(pair => pair.Number);
    }

    private static string Of(params (string Name, string Type)[] columns) =>
        $"{{{string.Join(", ", columns.Select(column => $$"""
            "{{column.Name}}": {"dtype": "{{column.Type}}", "_type": "Value"}
            """))}}}";
}
