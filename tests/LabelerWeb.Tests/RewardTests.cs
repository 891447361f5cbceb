using System.Net;
using Labeler.Shared.Accounts;
using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Shared.Rewards;
using Labeler.Shared.Storage;
using Labeler.Shared.Voting;
using Labeler.Tests.Support;

namespace Labeler.Web.Tests;

public sealed class RewardTests(WebHost host) : IClassFixture<WebHost>
{
    [Fact]
    public async Task A_reward_model_shows_how_often_it_is_right_beside_people_before_it_can_be_used()
    {
        await using var seeded = await SeededProject.Create(host.Data, "Rewarded faces", LabelingTask.FlagBatch, groups: 4, finish: false);
        for (var number = 0; number < 4; number++)
        {
            await seeded.AddGroup(number, "1 hand", [.. Enumerable.Range(0, 7).Select(n => DrawnPicture.Draw(seeded.Project.Id, number, n))]);
        }
        await seeded.Finish();
        using var admin = await host.SignedIn("Ada of rewards", Role.Admin);
        using var lead = await host.SignedIn("Lin of rewards", Role.Lead);
        await Vote(seeded, "Judge of rewards", 3);
        Assert.Contains("Rewarded faces", await admin.GetStringAsync("/compare/rewards"), StringComparison.Ordinal);

        await Press(admin, "learn", ("project", $"{seeded.Project.Id}"));
        Assert.Contains("Learning from Rewarded faces", await admin.GetStringAsync("/compare/rewards"), StringComparison.Ordinal);
        var guessing = await Complete(seeded, right: 55);
        var page = WebUtility.HtmlDecode(await lead.GetStringAsync("/compare/rewards"));
        Assert.Contains("55.0 % of 100 (95 %: 45.2 to 64.4)", page, StringComparison.Ordinal);
        Assert.Contains("may be guessing", page, StringComparison.Ordinal);
        Assert.Contains("nothing has been judged by two people yet", page, StringComparison.Ordinal);
        await Press(admin, $"{guessing.Id}/accept", ("right", "55"), ("heldOut", "100"));
        Assert.Contains("which may be guessing: judge more pairs", await admin.GetStringAsync("/compare/rewards"), StringComparison.Ordinal);

        await Press(admin, "learn", ("project", $"{seeded.Project.Id}"));
        var reward = await Complete(seeded, right: 81);
        page = WebUtility.HtmlDecode(await admin.GetStringAsync("/compare/rewards"));
        Assert.Contains("81.0 % of 100 (95 %: 72.2 to 87.5)", page, StringComparison.Ordinal);
        Assert.Contains("Accept it as a reward", page, StringComparison.Ordinal);
        Assert.DoesNotContain("on this reward?", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Accept it as a reward", await lead.GetStringAsync("/compare/rewards"), StringComparison.Ordinal);

        await Press(admin, $"{reward.Id}/accept", ("right", "81"), ("heldOut", "100"));
        page = WebUtility.HtmlDecode(await admin.GetStringAsync("/compare/rewards"));
        Assert.Contains("accepted by Ada of rewards", page, StringComparison.Ordinal);
        Assert.Contains("Train epoch 1 on it", page, StringComparison.Ordinal);
        Assert.Contains("Right about votes that came later</th><td>not measured yet", page, StringComparison.Ordinal);

        await Press(admin, $"{reward.Id}/measure");
        Assert.Contains("No vote has come since", await admin.GetStringAsync("/compare/rewards"), StringComparison.Ordinal);
        await Vote(seeded, "Later judge of rewards", 1);
        await Press(admin, $"{reward.Id}/measure");
        Assert.Contains("Measuring on later votes of Rewarded faces", await admin.GetStringAsync("/compare/rewards"), StringComparison.Ordinal);
        await seeded.Get<RewardMeasurement>().Complete(await Claim(seeded), 2, 6);
        page = WebUtility.HtmlDecode(await lead.GetStringAsync("/compare/rewards"));
        Assert.Contains("33.3 % of 6 (95 %: 9.7 to 70.0), measured on", page, StringComparison.Ordinal);
        Assert.Contains("less often right about later votes", page, StringComparison.Ordinal);
        Assert.Equal("the weights"u8.ToArray(), await lead.GetByteArrayAsync($"/compare/rewards/{reward.Id}/weights"));
    }

    private static async Task Press(HttpClient admin, string button, params (string Name, string Value)[] fields) =>
        Assert.Equal(HttpStatusCode.Found, (await admin.Post("/compare/rewards", $"/compare/rewards/{button}", fields)).StatusCode);

    private async Task Vote(SeededProject seeded, string name, int groups)
    {
        var person = (await host.Make(name, Role.Annotator)).Id;
        foreach (var lease in (await seeded.Get<ItemQueue>().Take(seeded.Project.Id, person, groups, [])).Leases)
        {
            await seeded.Get<VoteRecorder>().Cast(new VoteSubmission(Guid.NewGuid(), lease.ItemId, person, new FlagVerdict([.. Enumerable.Range(0, 7).Select(n => new TileVerdict(n, n == 1 ? FlagKinds.Deformed : FlagKinds.None, true, true))]), 900, DateTimeOffset.UtcNow));
        }
    }

    private static async Task<Job> Claim(SeededProject seeded) =>
        await seeded.Get<JobQueue>().Claim($"worker {Guid.NewGuid()}", [JobKind.RewardModel]) ?? throw new InvalidOperationException("There is no reward to learn or to measure.");

    private static async Task<LearnedReward> Complete(SeededProject seeded, int right)
    {
        var job = await Claim(seeded);
        return await seeded.Get<RewardWorkflow>().Complete(job, new MeasuredReward(await seeded.Get<FileStore>().Put("the weights"u8.ToArray()), 400, right, 100));
    }
}
