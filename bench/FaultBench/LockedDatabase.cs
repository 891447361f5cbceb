using Labeler.Shared.Data;
using Microsoft.Data.Sqlite;

namespace Labeler.Bench.Faults;

/// <summary>Another program locks the database for longer than anybody waits.</summary>
public static class LockedDatabase
{
    public static async Task<Verdict> Play()
    {
        await using var crowd = await Crowd.Gather(groups: 600);
        var work = await crowd.VoteUntil(100);
        var before = crowd.Acknowledged;
        await using (var other = new SqliteConnection($"Data Source={crowd.Seeded.Get<DataFolder>().Database};Pooling=False"))
        {
            await other.OpenAsync();
            await using var transaction = other.BeginTransaction();
            await Task.Delay(TimeSpan.FromSeconds(25));
        }
        var reached = crowd.Acknowledged;
        await Task.WhenAny(work, Task.Delay(TimeSpan.FromSeconds(20)));
        var later = crowd.Acknowledged;
        return await crowd.Judge(
            $"a database locked for 25 s ({before} votes before, {reached - before} while it was locked, {crowd.Errors.Count()} answers that it is busy, {later - reached} after)",
            later > reached);
    }
}
