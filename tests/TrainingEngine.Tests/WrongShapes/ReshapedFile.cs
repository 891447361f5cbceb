using System.Buffers.Binary;
using System.Text.Json;
using Labeler.TrainingEngine.Weights;

namespace Labeler.TrainingEngine.Tests.WrongShapes;

/// <summary>
/// A safetensors file and copies of it in which some tensors have another shape. A copy is a new header over a hole in the
/// file system that reads as zeros: it costs nothing, and loaders see a whole, consistent file.
/// </summary>
internal sealed class ReshapedFile
{
    private readonly SafeTensorsHeader _header;

    public ReshapedFile(string path)
    {
        using var file = File.OpenRead(path);
        _header = SafeTensorsHeader.Read(file, path);
        Shapes = _header.Entries.Where(entry => !CheckpointWeights.IsBuffer(entry.Name)).ToDictionary(entry => entry.Name, entry => entry.Shape);
    }

    /// <summary>The right shapes by name, of every tensor that loaders read.</summary>
    public IReadOnlyDictionary<string, long[]> Shapes { get; }

    /// <summary>Writes a copy.</summary>
    /// <param name="changed">Other shapes, by name; none for a copy that must be taken.</param>
    public void Write(string path, IReadOnlyDictionary<string, long[]> changed)
    {
        var described = new Dictionary<string, object> { ["__metadata__"] = _header.Metadata };
        var place = 0L;
        foreach (var entry in _header.Entries)
        {
            var shape = changed.GetValueOrDefault(entry.Name, entry.Shape);
            var end = place + (ElementTypes.SizeOf(entry.Type)!.Value * shape.Aggregate(1L, (product, size) => product * size));
            described[entry.Name] = new { dtype = entry.Type, shape, data_offsets = new[] { place, end } };
            place = end;
        }
        var text = JsonSerializer.SerializeToUtf8Bytes(described);
        var prefix = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(prefix, text.Length);
        using var file = File.Create(path);
        file.Write(prefix);
        file.Write(text);
        file.SetLength(8 + text.Length + place);
    }

    /// <summary>
    /// Every tensor in two wrong shapes: one of its dimensions off by one, and one dimension too many. Which one it is differs
    /// from tensor to tensor.
    /// </summary>
    /// <param name="atOnce">Tensors that are wrong together, which one error must list.</param>
    public IEnumerable<Dictionary<string, long[]>> Faults(int atOnce) =>
        Chunks(atOnce, OffByOne).Concat(Chunks(atOnce, OneTooMany));

    private IEnumerable<Dictionary<string, long[]>> Chunks(int atOnce, Func<long[], int, long[]> wrong) =>
        Shapes.Select((tensor, number) => (tensor.Key, Shape: wrong(tensor.Value, number))).Chunk(atOnce)
            .Select(some => some.ToDictionary(one => one.Key, one => one.Shape));

    private static long[] OffByOne(long[] shape, int number)
    {
        if (shape.Length == 0)
        {
            return [2];
        }

        long[] wrong = [.. shape];
        var place = number % shape.Length;
        wrong[place] += number % 2 == 0 || wrong[place] == 1 ? 1 : -1;
        return wrong;
    }

    // A number in a list of one is the same number: it becomes two.
    private static long[] OneTooMany(long[] shape, int number) => shape.Length == 0 ? [1, 2] : number % 2 == 0 ? [1, .. shape] : [.. shape, 1];
}
