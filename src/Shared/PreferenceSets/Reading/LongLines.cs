using System.Runtime.CompilerServices;
using System.Text;

namespace Labeler.Shared.PreferenceSets.Reading;

/// <summary>Lines of which none takes more memory than it may.</summary>
internal static class LongLines
{
    /// <returns>Each line; null in the place of one with more than <paramref name="longest"/> characters.</returns>
    public static async IAsyncEnumerable<string?> Read(TextReader text, long longest, [EnumeratorCancellation] CancellationToken cancel)
    {
        var (buffer, line, tooLong) = (new char[1 << 16], new StringBuilder(), false);
        for (int read; (read = await text.ReadAsync(buffer, cancel)) > 0;)
        {
            for (var at = 0; at < read;)
            {
                var end = Array.IndexOf(buffer, '\n', at, read - at);
                var until = end < 0 ? read : end;
                tooLong |= line.Length + until - at > longest;
                if (!tooLong)
                {
                    line.Append(buffer, at, until - at);
                }
                if (end >= 0)
                {
                    yield return tooLong ? null : line.ToString().TrimEnd('\r');
                    (line, tooLong) = (line.Capacity > 1 << 20 ? new() : line.Clear(), false);
                }
                at = until + 1;
            }
        }
        if (tooLong || line.Length > 0)
        {
            yield return tooLong ? null : line.ToString();
        }
    }
}
