using Labeler.Shared.Tests.Support;
using Microsoft.Data.Sqlite;

namespace Labeler.Bench.Faults;

/// <summary>The disk fills up while people vote, and has room again later.</summary>
public static class FullDisk
{
    public static async Task<Verdict> Play()
    {
        if (!SmallDisk.Possible)
        {
            return new(true, "not tried: mounting a small disk needs root");
        }
        using var disk = new SmallDisk(kilobytes: 48 * 1024);
        var temporary = Environment.GetEnvironmentVariable("TMPDIR");
        Environment.SetEnvironmentVariable("TMPDIR", disk.Folder);
        try
        {
            return await Vote(disk);
        }
        finally
        {
            // Open files would keep the disk from being taken away.
            SqliteConnection.ClearAllPools();
            Environment.SetEnvironmentVariable("TMPDIR", temporary);
        }
    }

    private static async Task<Verdict> Vote(SmallDisk disk)
    {
        await using var crowd = await Crowd.Gather(groups: 600);
        var work = await crowd.VoteUntil(100);
        var before = crowd.Acknowledged;
        var ballast = Path.Combine(disk.Folder, "ballast");
        Fill(ballast);
        await Task.Delay(TimeSpan.FromSeconds(10));
        var (refused, reached) = (crowd.Errors.Count(), crowd.Acknowledged);
        File.Delete(ballast);
        await Task.WhenAny(work, Task.Delay(TimeSpan.FromSeconds(10)));
        if (work.IsCompleted)
        {
            await crowd.Vote(TimeSpan.FromSeconds(10));
        }
        return await crowd.Judge(
            $"a full disk for 10 s ({before} votes before, {reached - before} while it was full, {refused} answers that it is full, {crowd.Acknowledged - reached} after)",
            refused > 0 && crowd.Acknowledged > reached);
    }

    private static void Fill(string path)
    {
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        for (var chunk = new byte[64 * 1024]; chunk.Length > 0;)
        {
            try
            {
                file.Write(chunk);
            }
            catch (IOException)
            {
                chunk = new byte[chunk.Length / 2];
            }
        }
    }
}
