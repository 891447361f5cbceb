using System.Security.Cryptography;

namespace Labeler.Shared.Storage;

/// <summary>The identity of a file: the SHA-256 of its bytes in lower-case hexadecimal, 64 characters.</summary>
public static class ContentHash
{
    /// <summary>Hash of bytes in memory.</summary>
    public static string Of(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>Hash of a stream from its position to its end.</summary>
    public static string Of(Stream stream) => Convert.ToHexStringLower(SHA256.HashData(stream));

    /// <summary>Hash of a file.</summary>
    public static string OfFile(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return Of(stream);
    }
}
