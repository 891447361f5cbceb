using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace Labeler.Tests.Support;

/// <summary>An authenticator app: codes of a key by RFC 6238, six digits each half a minute.</summary>
internal static class Totp
{
    /// <param name="key">Base32, spaces between do not matter.</param>
    /// <param name="steps">How many half minutes ahead of now.</param>
    public static string Code(string key, int steps = 0)
    {
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, (DateTimeOffset.UtcNow.ToUnixTimeSeconds() / 30) + steps);
#pragma warning disable CA5350 // As the standard has it.
        var hash = HMACSHA1.HashData(Bytes(key), counter);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(hash[^1] & 15)) & int.MaxValue;
        return (number % 1_000_000).ToString("000000", CultureInfo.InvariantCulture);
    }

    private static byte[] Bytes(string key)
    {
        var (bits, held, bytes) = (0, 0, new List<byte>());
        foreach (var letter in key.Where(char.IsLetterOrDigit))
        {
            (bits, held) = ((bits << 5) | "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(letter, StringComparison.Ordinal), held + 5);
            if (held >= 8)
            {
                held -= 8;
                bytes.Add((byte)(bits >> held));
                bits &= (1 << held) - 1;
            }
        }
        return [.. bytes];
    }
}
