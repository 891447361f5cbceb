using System.Diagnostics;

namespace Labeler.Shared.Storage.S3;

/// <summary>
/// Removing an object without losing one that is brought in again at the same time, on servers that delete on no condition. Whoever
/// removes first says so by an object of its own, then looks whether the file was wanted lately, and only then deletes. Whoever brings in
/// writes that the file is wanted, waits until no removal is under way, and then sees whether it is still there.
/// </summary>
internal sealed class S3Removal(S3Bucket bucket, string prefix)
{
    // A removal that takes longer does not delete; a sign that has stood for longer is a dead process's.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Dead = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    // Clocks of server and machine differ, and a server notes times in whole seconds.
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(1);

    /// <summary>Notes that a file that is there is wanted again.</summary>
    public Task Want(string hash, CancellationToken cancel) => bucket.Put(Wanted(hash), "", cancel);

    /// <summary>Waits until nobody removes the file.</summary>
    public async Task Wait(string hash, CancellationToken cancel)
    {
        var seen = new Dictionary<string, Stopwatch>();
        while ((await bucket.List(Signs(hash), null, 100, cancel)).S3Objects is { Count: > 0 } signs)
        {
            foreach (var key in signs.Select(sign => sign.Key))
            {
                if (seen.TryAdd(key, Stopwatch.StartNew()) || seen[key].Elapsed < Dead)
                {
                    continue;
                }
                await bucket.Delete(key, cancel);
            }
            await Task.Delay(Pause, cancel);
        }
    }

    /// <param name="key">The file's.</param>
    /// <param name="unnamed">When it was found that nothing names it.</param>
    /// <returns>Was it removed?</returns>
    public async Task<bool> Run(string key, string hash, DateTimeOffset unnamed, CancellationToken cancel)
    {
        var sign = $"{Signs(hash)}{Guid.NewGuid():N}";
        using var inTime = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        inTime.CancelAfter(Longest);
        await bucket.Put(sign, "", cancel);
        try
        {
            var wanted = await bucket.Head(Wanted(hash), inTime.Token);
            if (await bucket.Head(key, inTime.Token) is not { } file
                || Later(file.LastModified, wanted?.LastModified) > unnamed.UtcDateTime - Slack)
            {
                return false;
            }
            await bucket.Delete(key, inTime.Token);
            await bucket.Delete(Wanted(hash), inTime.Token);
            return true;
        }
        finally
        {
            await bucket.Delete(sign, CancellationToken.None);
        }
    }

    private static DateTime Later(DateTime? one, DateTime? other) =>
        new[] { one, other }.Max(time => time?.ToUniversalTime() ?? DateTime.MinValue);

    private string Wanted(string hash) => $"{prefix}wanted/{hash}";

    private string Signs(string hash) => $"{prefix}removing/{hash}/";
}
