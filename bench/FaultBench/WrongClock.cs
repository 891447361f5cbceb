using Microsoft.EntityFrameworkCore;

namespace Labeler.Bench.Faults;

/// <summary>The machine's clock stands 400 days ahead for a while, and then is right again.</summary>
public static class WrongClock
{
    private const string Library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";

    public static async Task<Verdict> Play()
    {
        if (!File.Exists(Library))
        {
            return new(true, "not tried: Debian's package faketime is not installed");
        }
        await using var crowd = await Crowd.Gather(groups: 600);
        await crowd.Vote(TimeSpan.FromSeconds(3));
        var before = crowd.Acknowledged;
        await crowd.Server.Kill();

        Environment.SetEnvironmentVariable("LD_PRELOAD", Library);
        Environment.SetEnvironmentVariable("FAKETIME", "+400d");
        Environment.SetEnvironmentVariable("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        await crowd.Server.StartAgain();
        // Who has been away for 400 days is signed out; people who were invited meanwhile hold items when the clock is set right.
        await crowd.Vote(TimeSpan.FromSeconds(3));
        await using (var db = await crowd.Seeded.Open())
        {
            await db.Database.ExecuteSqlAsync($"INSERT INTO \"Leases\" (\"ItemId\", \"AnnotatorId\", \"TakenAt\", \"ExpiresAt\", \"FirstOnLeft\") SELECT \"Id\", {Guid.NewGuid()}, {Ahead(0)}, {Ahead(5)}, 1 FROM \"Items\" WHERE \"Votes\" = 0");
        }
        await crowd.Server.Kill();
        Environment.SetEnvironmentVariable("LD_PRELOAD", null);
        Environment.SetEnvironmentVariable("FAKETIME", null);
        await crowd.Server.StartAgain();
        var ahead = crowd.Acknowledged;
        await crowd.Vote(TimeSpan.FromSeconds(5));
        return await crowd.Judge(
            $"a clock 400 days ahead ({before} votes before, {ahead - before} in that time, {crowd.Acknowledged - ahead} after it, past leases of that time on all items)",
            crowd.Acknowledged > ahead);
    }

    private static long Ahead(int minutes) => DateTimeOffset.UtcNow.AddDays(400).AddMinutes(minutes).ToUnixTimeMilliseconds();
}
