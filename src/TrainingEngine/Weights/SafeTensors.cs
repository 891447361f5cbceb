using System.Buffers.Binary;
using System.Text.Json;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Weights;

/// <summary>
/// Reads and writes safetensors files (float32, float16, bfloat16, float64, integers, bool), tensor by tensor. Float8 is read,
/// as float16.
/// </summary>
public sealed class SafeTensors : IDisposable
{
    private readonly FileStream _file;
    private readonly SafeTensorsHeader _header;
    private readonly Dictionary<string, SafeTensorsEntry> _entries;

    private SafeTensors(FileStream file, SafeTensorsHeader header)
    {
        _file = file;
        _header = header;
        _entries = header.Entries.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
    }

    public string Path => _file.Name;

    public IReadOnlyCollection<string> Names => _entries.Keys;

    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <summary>Opens a file and checks its header; tensors are read when they are asked for.</summary>
    /// <exception cref="EngineException">There is no such file, or it is not a whole, consistent safetensors file.</exception>
    public static SafeTensors Open(string path)
    {
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{path}: cannot be read ({error.Message})", error);
        }
        try
        {
            return new SafeTensors(file, SafeTensorsHeader.Read(file, path));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>All tensors of a small file, as stored; the caller frees them.</summary>
    public static Dictionary<string, Tensor> ReadAll(string path)
    {
        using var file = Open(path);
        return file.Names.ToDictionary(name => name, file.Read, StringComparer.Ordinal);
    }

    public bool Has(string name) => _entries.ContainsKey(name);

    public long[] ShapeOf(string name) => Entry(name).Shape;

    /// <summary>One tensor on the CPU, in the type in which it is stored; float8 as float16, which holds all its values.</summary>
    public Tensor Read(string name)
    {
        var entry = Entry(name);
        if (ElementTypes.IsFloat8(entry.Type))
        {
            using var bits = Bytes(name, entry, empty(entry.Shape, ScalarType.Byte));
            return Float8.Widen(bits, entry.Type);
        }
        return Bytes(name, entry, empty(entry.Shape, ElementTypes.Of(entry.Type)));
    }

    private Tensor Bytes(string name, SafeTensorsEntry entry, Tensor tensor)
    {
        if (entry.End == entry.Begin)
        {
            return tensor;
        }

        try
        {
            _file.Position = _header.DataStart + entry.Begin;
            TorchExtensions.Fill(tensor, _file);
        }
        catch (IOException error)
        {
            tensor.Dispose();
            throw new EngineException($"{Path}: {name} cannot be read ({error.Message})", error);
        }
        return tensor;
    }

    /// <summary>Writes a file beside its final place and renames it, so that a reader never sees half of one.</summary>
    /// <param name="path">Replaced if it is there.</param>
    /// <param name="tensors">On any device.</param>
    /// <param name="metadata">Texts by name.</param>
    /// <param name="floats">The type in which floating-point tensors are written; their own when null.</param>
    /// <exception cref="EngineException">It cannot be written, for instance because the disk is full; the old file is
    /// untouched.</exception>
    public static void Write(
        string path, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null,
            ScalarType? floats = null)
    {
        // Always the same name: what a killed process left is overwritten by the next.
        var partial = path + ".part";
        try
        {
            using (var target = new FileStream(partial, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16))
            {
                Write(target, tensors, metadata, floats);
                target.Flush(flushToDisk: true);
            }
            File.Move(partial, path, overwrite: true);
        }
        // .NET tells of a file that grows beyond what is allowed as of an argument out of range.
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            throw new EngineException($"{path}: cannot be written ({error.Message}); free some space or choose another folder", error);
        }
        finally
        {
            // Gone after the renaming; still there after any error.
            if (Directory.Exists(System.IO.Path.GetDirectoryName(partial)))
            {
                File.Delete(partial);
            }
        }
    }

    private static void Write(Stream target, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata,
        ScalarType? floats)
    {
        // Wider types first keeps every tensor aligned, as the original library does.
        var ordered =
            tensors.Select(
                pair => (Name: pair.Key, Tensor: pair.Value,
                    Type: pair.Value.is_floating_point() ? floats ?? pair.Value.dtype : pair.Value.dtype))
            .OrderByDescending(item => ElementTypes.SizeOf(item.Type)).ThenBy(item => item.Name, StringComparer.Ordinal).ToList();
        var described = new Dictionary<string, object>(StringComparer.Ordinal);
        if (metadata is { Count: > 0 })
        {
            described["__metadata__"] = metadata;
        }

        var place = 0L;
        foreach (var (name, tensor, type) in ordered)
        {
            var end = place + tensor.numel() * ElementTypes.SizeOf(type);
            described[name] = new { dtype = ElementTypes.NameOf(type), shape = tensor.shape, data_offsets = new[] { place, end } };
            place = end;
        }
        var text = JsonSerializer.SerializeToUtf8Bytes(described);
        var padding = (8 - text.Length % 8) % 8;
        Span<byte> prefix = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)(text.Length + padding));
        target.Write(prefix);
        target.Write(text);
        target.Write("       "u8[..padding]);
        foreach (var (_, tensor, type) in ordered)
        {
            using var scope = NewDisposeScope();
            TorchExtensions.Copy(tensor.detach().to(type), target);
        }
    }

    public void Dispose() => _file.Dispose();

    private SafeTensorsEntry Entry(string name) =>
        _entries.TryGetValue(name, out var entry) ? entry : throw new EngineException($"{Path}: there is no tensor {name}");
}
