namespace Labeler.Shared.Storage;

/// <summary>Reading what comes from outside, which may be larger than announced.</summary>
public static class LimitedRead
{
    /// <summary>The rest of a stream; null when it has more bytes than <paramref name="most"/>.</summary>
    public static async Task<byte[]?> ReadAtMost(this Stream stream, long most, CancellationToken cancel = default)
    {
        using var content = new MemoryStream();
        var buffer = new byte[1 << 16];
        for (int read; (read = await stream.ReadAsync(buffer, cancel)) > 0;)
        {
            if (content.Length + read > most)
            {
                return null;
            }
            content.Write(buffer, 0, read);
        }
        return content.ToArray();
    }
}
