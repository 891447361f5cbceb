using System.Text.Json;
using System.Text.Json.Serialization;

namespace Labeler.TrainingEngine.Training.Loop;

/// <summary>
/// Metrics as JSON lines, one object a line. A resumed run cuts the file back to the length noted in its checkpoint, so
/// no line stands twice.
/// </summary>
public sealed class MetricsFile : IDisposable
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly FileStream? _stream;

    /// <param name="path">The file; it is made where it is missing.</param>
    /// <param name="length">Bytes of it to keep.</param>
    public MetricsFile(string path, long length)
    {
        _stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read);
        _stream.SetLength(Math.Min(length, _stream.Length));
        _stream.Seek(0, SeekOrigin.End);
    }

    private MetricsFile()
    {
    }

    /// <summary>Lines that another rank writes.</summary>
    public static MetricsFile OfAnother() => new();

    /// <summary>Bytes that are safely on the disk after <see cref="Flush"/>.</summary>
    public long Length => _stream?.Length ?? 0;

    /// <summary>Writes one line; another process may read it at once.</summary>
    /// <exception cref="EngineException">The disk is full.</exception>
    public void Write<T>(T line)
    {
        if (_stream is null)
        {
            return;
        }
        try
        {
            _stream.Write(JsonSerializer.SerializeToUtf8Bytes(line, Format));
            _stream.WriteByte((byte)'\n');
            _stream.Flush();
        }
        catch (IOException error)
        {
            throw new EngineException($"could not write {_stream.Name}: {error.Message}", error);
        }
    }

    /// <summary>Brings all lines to the disk.</summary>
    public void Flush() => _stream?.Flush(flushToDisk: true);

    public void Dispose() => _stream?.Dispose();
}
