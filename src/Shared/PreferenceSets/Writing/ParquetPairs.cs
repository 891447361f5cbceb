using Parquet;
using Parquet.Schema;

namespace Labeler.Shared.PreferenceSets.Writing;

/// <summary>Pairs gathered into one row group after the other, of which only one is in memory.</summary>
internal abstract class ParquetPairs : ISetWriter
{
    // As many rows as libraries of data sets put into a group of pictures, or fewer where pictures are large.
    private const int MostRows = 100;
    private const long MostBytes = 32L << 20;
    private readonly List<Pair> _waiting = [];
    private ParquetWriter? _file;
    private long _bytes;

    protected readonly record struct Pair(long Number, PairRow Row, SetPicture First, SetPicture Second);

    protected abstract ParquetSchema Schema { get; }

    /// <summary>What the file says of itself to the library <c>datasets</c>: the type of each column.</summary>
    protected abstract string Features { get; }

    protected long Written { get; private set; }

    public async Task Open(Stream output, CancellationToken cancel)
    {
        // Pictures are packed already; texts repeat.
        _file = await ParquetWriter.CreateAsync(
            Schema, output, new ParquetOptions { CompressionMethod = CompressionMethod.Snappy }, cancellationToken: cancel);
        _file.CustomMetadata = new Dictionary<string, string> { ["huggingface"] = $$$"""{"info": {"features": {{{Features}}}}}""" };
    }

    public async Task Add(PairRow row, SetPicture first, SetPicture second, CancellationToken cancel)
    {
        _waiting.Add(new(Written + _waiting.Count, row, first, second));
        _bytes += first.Content.Length + second.Content.Length;
        if (_waiting.Count == MostRows || _bytes >= MostBytes)
        {
            await Flush();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_waiting.Count > 0)
        {
            await Flush();
        }
        if (_file is not null)
        {
            await _file.DisposeAsync();
        }
    }

    protected abstract Task Write(ParquetRowGroupWriter group, DataField[] columns, IReadOnlyList<Pair> pairs);

    private async Task Flush()
    {
        using (var group = _file!.CreateRowGroup())
        {
            await Write(group, Schema.DataFields, _waiting);
            group.CompleteValidate();
        }
        Written += _waiting.Count;
        _waiting.Clear();
        _bytes = 0;
    }
}
