using System.Net;
using System.Text.Json;
using Labeler.Shared.Accounts;
using Labeler.Shared.Data;
using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Shared.Rewards;
using Labeler.Shared.Storage;
using Labeler.Shared.Voting;
using Labeler.Tests.Support;
using Microsoft.EntityFrameworkCore;

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

    [Fact]
    public async Task A_reward_model_shows_what_it_knows_of_new_prompts_and_what_more_votes_may_bring()
    {
        await using var seeded = await SeededProject.Create(host.Data, "Curved hands", LabelingTask.FlagBatch, groups: 3);
        using var admin = await host.SignedIn("Ida of curves", Role.Admin);
        using var lead = await host.SignedIn("Lou of curves", Role.Lead);
        await Vote(seeded, "Judge of curves", 3);
        await Press(admin, "learn", ("project", $"{seeded.Project.Id}"), ("tower", " towers/clip.pt "));
        var job = await Claim(seeded);
        Assert.Equal("towers/clip.pt", job.Read<RewardOrder>().Tower);
        var reward = await Complete(seeded, job, 81, File(new LearningFigures(new(81, 100, 100), new(70, 100, 100),
            [new(10, 50, new(60, 100, 100)), new(20, 100, new(75, 100, 100)), new(40, 200, new(81, 100, 100))], new(0.105, 0.02, 0.19))));

        var page = WebUtility.HtmlDecode(await lead.GetStringAsync("/compare/rewards"));
        Assert.Contains("Right about prompts that were held out</th><td>70.0 % of 100 (95 %: 60.4 to 78.1)</td>", page, StringComparison.Ordinal);
        Assert.Contains("Twice as many pairs brought +10.5 points (95 %: +2.0 to +19.0): more votes would help.", page, StringComparison.Ordinal);
        Assert.Contains("Curved hands: right about held-out pairs", page, StringComparison.Ordinal);
        var csv = await lead.GetStringAsync($"/compare/rewards/{reward.Id}/learning.csv");
        Assert.Equal(5, csv.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("held-out groups,40,200,81,100,", csv, StringComparison.Ordinal);
        Assert.Contains("held-out prompts,,,70,100,", csv, StringComparison.Ordinal);

        // From the checked reward model to the policy gradient.
        Assert.DoesNotContain("Set Curved hands to DDPO", page, StringComparison.Ordinal);
        await Press(admin, $"{reward.Id}/classic");
        Assert.Contains("no such accepted reward model", await admin.GetStringAsync("/compare/rewards"), StringComparison.Ordinal);
        await Press(admin, $"{reward.Id}/accept", ("right", "81"), ("heldOut", "100"));
        Assert.Contains("Set Curved hands to DDPO", await admin.GetStringAsync("/compare/rewards"), StringComparison.Ordinal);
        await Press(admin, $"{reward.Id}/classic");
        Assert.Contains("the project is set to it", await admin.GetStringAsync("/compare/rewards"), StringComparison.Ordinal);
        await using (var db = await seeded.Open())
        {
            var settings = (await db.Projects.SingleAsync(p => p.Id == seeded.Project.Id)).Settings;
            Assert.Equal(("ddpo", 0.02), (settings.Algorithm, settings.Training.BaseKlWeight));
        }
        await Press(admin, "learn", ("project", $"{seeded.Project.Id}"));
        await Complete(seeded, await Claim(seeded), 81, File(new LearningFigures(new(81, 100, 100), new(55, 100, 100), [], null)));
        Assert.Contains("55.0 % of 100 (95 %: 45.2 to 64.4): may be guessing, so it judges known prompts alone", WebUtility.HtmlDecode(await lead.GetStringAsync("/compare/rewards")), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await lead.GetAsync("/compare/rewards/987654/learning.csv")).StatusCode);
    }

    // A reward's file as the engine writes it, without tensors.
    private static byte[] File(LearningFigures figures)
    {
        var header = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object> { ["__metadata__"] = new Dictionary<string, string> { [LearningFigures.Key] = JsonText.Write(figures) } });
        return [.. BitConverter.GetBytes((long)header.Length), .. header];
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

    private static async Task<LearnedReward> Complete(SeededProject seeded, int right) =>
        await Complete(seeded, await Claim(seeded), right, "the weights"u8.ToArray());

    private static async Task<LearnedReward> Complete(SeededProject seeded, Job job, int right, byte[] weights) =>
        await seeded.Get<RewardWorkflow>().Complete(job, new MeasuredReward(await seeded.Get<FileStore>().Put(weights), 400, right, 100));
}
