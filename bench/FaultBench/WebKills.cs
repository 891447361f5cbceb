namespace Labeler.Bench.Faults;

/// <summary>The web process is killed again and again while people vote.</summary>
public static class WebKills
{
    private const int VotesBetween = 30;

    public static async Task<Verdict> Play(int kills)
    {
        await using var crowd = await Crowd.Gather(groups: kills * VotesBetween * 4);
        for (var kill = 0; kill < kills; kill++)
        {
            var work = await crowd.VoteUntil(VotesBetween);
            await crowd.Server.Kill();
            await work;
            await crowd.Server.StartAgain();
        }
        return await crowd.Judge($"{kills} kills of the web process");
    }
}
