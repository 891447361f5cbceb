using System.Buffers.Binary;
using System.Text.Json;

namespace Labeler.Shared.Memory;

/// <summary>What a safetensors file says of a tensor.</summary>
/// <param name="Name">Its key.</param>
/// <param name="Type">As <c>F16</c>.</param>
/// <param name="Shape">Its sides.</param>
public sealed record TensorHeader(string Name, string Type, IReadOnlyList<long> Shape)
{
    private const int LargestHeader = 32 * 1024 * 1024;

    /// <summary>How many numbers it has.</summary>
    public long Numbers => Shape.Aggregate(1L, (all, side) => all * side);

    /// <summary>Reads the header alone: its length in eight bytes, then JSON that names every tensor. What is none is no tensor.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static IReadOnlyList<TensorHeader> Read(string path)
    {
        using var file = File.OpenRead(path);
        var length = new byte[8];
        if (file.ReadAtLeast(length, length.Length, throwOnEndOfStream: false) < length.Length
            || BinaryPrimitives.ReadInt64LittleEndian(length) is not (> 0 and <= LargestHeader and var size))
        {
            return [];
        }
        var header = new byte[size];
        if (file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length)
        {
            return [];
        }
        using var json = JsonDocument.Parse(header);
        return json.RootElement.ValueKind != JsonValueKind.Object ? []
            : [.. json.RootElement.EnumerateObject().Select(Of).OfType<TensorHeader>()];
    }

    private static TensorHeader? Of(JsonProperty tensor) =>
        tensor.Value.ValueKind == JsonValueKind.Object && tensor.Value.TryGetProperty("dtype", out var type)
        && type.ValueKind == JsonValueKind.String && tensor.Value.TryGetProperty("shape", out var shape)
        && shape.ValueKind == JsonValueKind.Array && shape.EnumerateArray().All(side => side.TryGetInt64(out _))
            ? new(tensor.Name, type.GetString()!, [.. shape.EnumerateArray().Select(side => side.GetInt64())]) : null;
}
