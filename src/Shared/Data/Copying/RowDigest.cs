using System.Security.Cryptography;
using System.Text;

namespace Labeler.Shared.Data.Copying;

/// <summary>How many rows there are and what they hold, whatever their order: the sum of the rows' hashes.</summary>
internal sealed class RowDigest
{
    private readonly MemoryStream _row = new();
    private readonly BinaryWriter _writer;
    private UInt128 _sum;

    public RowDigest() => _writer = new(_row, Encoding.UTF8);

    /// <summary>Rows so far.</summary>
    public long Rows { get; private set; }

    /// <summary>Takes a row in.</summary>
    /// <param name="values">Of all columns; null for a database's NULL.</param>
    public void Add(object?[] values)
    {
        _row.SetLength(0);
        foreach (var value in values)
        {
            Write(value);
        }
        _writer.Flush();
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(_row.GetBuffer().AsSpan(0, (int)_row.Length), hash);
        _sum = unchecked(_sum + BitConverter.ToUInt128(hash));
        Rows++;
    }

    /// <summary>Whether both have the same rows.</summary>
    public bool Same(RowDigest other) => (Rows, _sum) == (other.Rows, other._sum);

    private void Write(object? value)
    {
        switch (value)
        {
            case null: _writer.Write((byte)0); break;
            case string text: _writer.Write((byte)1); _writer.Write(text); break;
            case byte[] bytes: _writer.Write((byte)2); _writer.Write(bytes.Length); _writer.Write(bytes); break;
            case bool yes: _writer.Write((byte)3); _writer.Write(yes); break;
            case double number: _writer.Write((byte)4); _writer.Write(number); break;
            case float number: _writer.Write((byte)5); _writer.Write(number); break;
            case Guid id: _writer.Write((byte)6); _writer.Write(id.ToByteArray()); break;
            case long or int or short or byte or sbyte or uint or ushort:
                _writer.Write((byte)7);
                _writer.Write(Convert.ToInt64(value, null));
                break;
            default: throw new NotSupportedException($"Columns of {value.GetType()} are not copied.");
        }
    }
}
