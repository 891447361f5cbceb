using System.Security.Cryptography;

namespace Labeler.Shared.Storage;

/// <summary>The identity of a file: the SHA-256 of its bytes in lower-case hexadecimal, 64 characters.</summary>
public static class ContentHash
{
    public static string Of(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>Hash of a stream from its position to its end.</summary>
    public static string Of(Stream stream) => Convert.ToHexStringLower(SHA256.HashData(stream));

    /// <inheritdoc cref="Of(Stream)"/>
    public static async Task<string> Of(Stream stream, CancellationToken cancel) =>
        Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancel));

    public static string OfFile(string path)
    {
        using var stream = File.OpenRead(path);
        return Of(stream);
    }

    /// <summary>Has a text the form of one?</summary>
    public static bool IsHash(string text) => text.Length == 64 && text.All(char.IsAsciiHexDigitLower);
}
