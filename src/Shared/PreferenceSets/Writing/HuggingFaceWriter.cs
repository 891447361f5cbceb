using Parquet;
using Parquet.Schema;

namespace Labeler.Shared.PreferenceSets.Writing;

/// <summary>The columns of image preference sets as the library <c>datasets</c> has them: the better picture and the other, each a
/// structure of bytes and path, which it shows and hands out as pictures.</summary>
internal sealed class HuggingFaceWriter : ParquetPairs
{
    protected override ParquetSchema Schema { get; } = new(
        new DataField<string>("prompt"), Picture("chosen"), Picture("rejected"), new DataField<double>("weight"),
        new DataField<long>("votes"), new DataField<string>("model"));

    protected override string Features => """
        {"prompt": {"dtype": "string", "_type": "Value"}, "chosen": {"_type": "Image"}, "rejected": {"_type": "Image"},
        "weight": {"dtype": "float64", "_type": "Value"}, "votes": {"dtype": "int64", "_type": "Value"},
        "model": {"dtype": "string", "_type": "Value"}}
        """;

    protected override async Task Write(ParquetRowGroupWriter group, DataField[] columns, IReadOnlyList<Pair> pairs)
    {
        T[] All<T>(Func<Pair, T> of) => [.. pairs.Select(of)];
        static SetPicture Chosen(Pair pair) => pair.Row.FirstWins ? pair.First : pair.Second;
        static SetPicture Rejected(Pair pair) => pair.Row.FirstWins ? pair.Second : pair.First;
        await group.WriteAsync(columns[0], All(pair => pair.Row.Prompt));
        await group.WriteAsync(columns[1], All(pair => Chosen(pair).Content));
        await group.WriteAsync(columns[2], All(pair => Chosen(pair).FileName));
        await group.WriteAsync(columns[3], All(pair => Rejected(pair).Content));
        await group.WriteAsync(columns[4], All(pair => Rejected(pair).FileName));
        await group.WriteAsync<double>(columns[5], All(pair => pair.Row.Weight));
        await group.WriteAsync<long>(columns[6], All(pair => (long)pair.Row.Votes));
        await group.WriteAsync(columns[7], All(pair => pair.Row.Model));
    }

    private static StructField Picture(string name) => new(name, new DataField<byte[]>("bytes"), new DataField<string>("path"));
}
