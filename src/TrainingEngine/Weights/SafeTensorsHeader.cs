using System.Buffers.Binary;
using System.Text.Json;

namespace Labeler.TrainingEngine.Weights;

/// <summary>One tensor of a safetensors file: its element type, shape and place in the data part.</summary>
internal sealed record SafeTensorsEntry(string Name, string Type, long[] Shape, long Begin, long End);

/// <summary>
/// The header of a safetensors file: 8 bytes with its length (little endian), then JSON. Every figure in it is
/// checked against the file before any of it is believed.
/// </summary>
internal sealed record SafeTensorsHeader(
    IReadOnlyList<SafeTensorsEntry> Entries, IReadOnlyDictionary<string, string> Metadata, long DataStart)
{
    /// <summary>The limit of the original library.</summary>
    private const long LongestHeader = 100_000_000;

    /// <exception cref="EngineException">The file is not a whole, consistent safetensors file.</exception>
    public static SafeTensorsHeader Read(Stream file, string path)
    {
        Span<byte> start = stackalloc byte[FileKind.Needed];
        if (FileKind.Other(start[..file.ReadAtLeast(start, FileKind.Needed, throwOnEndOfStream: false)]) is { } other)
        {
            throw Fault(path, other);
        }

        file.Position = 0;
        Span<byte> prefix = stackalloc byte[8];
        if (file.Length < 8)
        {
            throw Fault(path, $"it has {file.Length} bytes, too few for a safetensors file");
        }

        file.ReadExactly(prefix);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > LongestHeader)
        {
            throw Fault(path, $"its header claims {length} bytes, more than any safetensors file has");
        }

        if ((long)length > file.Length - 8)
        {
            throw Fault(path, $"its header claims {length} bytes, but the file ends after {file.Length - 8}");
        }

        var text = new byte[length];
        file.ReadExactly(text);
        var entries = new List<SafeTensorsEntry>();
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            using var json = JsonDocument.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false });
            foreach (var property in json.RootElement.EnumerateObject())
            {
                if (property.Name == "__metadata__")
                {
                    foreach (var item in property.Value.EnumerateObject())
                    {
                        metadata[item.Name] = item.Value.GetString() ?? "";
                    }
                }
                else
                {
                    entries.Add(Entry(property.Name, property.Value));
                }
            }
        }
        catch (Exception error)
            when (error is JsonException or InvalidOperationException or KeyNotFoundException or FormatException
                or IndexOutOfRangeException)
        {
            throw Fault(path, $"its header is not what safetensors writes ({error.Message})", error);
        }
        Check(entries, file.Length - 8 - (long)length, path);
        return new SafeTensorsHeader(entries, metadata, 8 + (long)length);
    }

    private static SafeTensorsEntry Entry(string name, JsonElement value)
    {
        var offsets = value.GetProperty("data_offsets");
        var shape = value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()).ToArray();
        return new(name, value.GetProperty("dtype").GetString() ?? "", shape, offsets[0].GetInt64(), offsets[1].GetInt64());
    }

    /// <summary>The tensors must lie one behind another without gaps or overlaps, each as long as its shape says.</summary>
    private static void Check(List<SafeTensorsEntry> entries, long dataLength, string path)
    {
        var place = 0L;
        foreach (var entry in entries.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End))
        {
            var size = ElementTypes.SizeOf(entry.Type)
                ?? throw Fault(path, $"the tensor {entry.Name} has the unknown type {entry.Type}");
            long bytes;
            try
            {
                bytes = entry.Shape.Aggregate((long)size, (product, dimension) =>
                    dimension < 0 ? throw Fault(path, $"the tensor {entry.Name} has a negative size") : checked(product * dimension));
            }
            catch (OverflowException)
            {
                throw Fault(path, $"the tensor {entry.Name} has the absurd shape {Shapes.Told(entry.Shape)}");
            }
            if (entry.Begin != place)
            {
                throw Fault(path,
                    $"the tensor {entry.Name} begins at byte {entry.Begin} where {place} was expected: tensors overlap or leave a gap");
            }

            if (entry.End - entry.Begin != bytes)
            {
                throw Fault(path,
                    $"the tensor {entry.Name} of shape {Shapes.Told(entry.Shape)} needs {bytes} bytes and has {entry.End - entry.Begin}");
            }

            if (entry.End > dataLength)
            {
                throw Fault(path,
                    $"the tensor {entry.Name} ends at byte {entry.End}, but the file has {dataLength}: it is truncated, copy it again");
            }

            place = entry.End;
        }
        if (place != dataLength)
        {
            throw Fault(path, $"{dataLength - place} bytes behind its last tensor belong to none");
        }
    }

    private static EngineException Fault(string path, string what, Exception? inner = null) => new($"{path}: {what}", inner);
}
