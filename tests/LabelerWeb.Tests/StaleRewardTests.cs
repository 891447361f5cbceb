using System.Net;
using Labeler.Shared.Accounts;
using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Shared.Rewards;
using Labeler.Shared.Storage;
using Labeler.Shared.Training;
using Labeler.Shared.Voting;
using Labeler.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Web.Tests;

public sealed class StaleRewardTests(WebHost host) : IClassFixture<WebHost>
{
    [Fact]
    public async Task A_reward_whose_teacher_withdrew_says_so_is_not_trained_on_or_handed_out_and_one_learned_again_is()
    {
        await using var seeded = await Seed("Left faces");
        using var admin = await host.SignedIn("Ada of the left", Role.Admin);
        await Vote(seeded, "Stays with rewards", 4);
        using var leaves = await AnnotatorClient.Open(host, "Leaves rewards");
        var item = Assert.Single(await leaves.Items(seeded.Project.Id, 1));
        await leaves.Send(AnnotatorClient.Flag(seeded.Project.Id, item, Guid.NewGuid(), 2));
        await Press(admin, "learn", ("project", $"{seeded.Project.Id}"));
        var reward = await Learned(seeded, right: 81);
        await Press(admin, $"{reward.Id}/accept", ("right", "81"), ("heldOut", "100"));
        await leaves.Http.Post("/account", "/account/withdraw");

        const string Told = "1 of the 5 votes that taught it was withdrawn or set aside since: learn the reward again.";
        var page = await admin.GetStringAsync("/compare/rewards");
        Assert.Contains("to be learned again", page, StringComparison.Ordinal);
        Assert.Contains(Told, page, StringComparison.Ordinal);
        Assert.DoesNotContain("on this reward?", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await admin.GetAsync($"/compare/rewards/{reward.Id}/weights")).StatusCode);
        await using var db = await seeded.Open();
        var epoch = await db.Epochs.Where(e => e.ProjectId == seeded.Project.Id).Select(e => e.Id).SingleAsync();
        await Press(admin, $"{reward.Id}/train", ("epoch", $"{epoch}"));
        Assert.Contains($"This reward model cannot be used: {Told}", await admin.GetStringAsync("/compare/rewards"), StringComparison.Ordinal);

        await Press(admin, "learn", ("project", $"{seeded.Project.Id}"));
        var again = await Learned(seeded, right: 82);
        await Press(admin, $"{again.Id}/accept", ("right", "82"), ("heldOut", "100"));
        await Press(admin, $"{again.Id}/train", ("epoch", $"{epoch}"));
        Assert.Contains("The epoch is being trained on the learned reward.", await admin.GetStringAsync("/compare/rewards"), StringComparison.Ordinal);
        await seeded.Get<EpochCycle>().Cancel(epoch);
    }

    [Fact]
    public async Task Lineage_says_that_the_reward_a_model_was_trained_on_is_stale_and_whose_votes_were_set_aside()
    {
        await using var seeded = await Seed("Stale faces");
        using var admin = await host.SignedIn("Ada of the stale", Role.Admin);
        await Vote(seeded, "Teaches what is stale", 5);
        await Press(admin, "learn", ("project", $"{seeded.Project.Id}"));
        var reward = await Learned(seeded, right: 81);
        await Press(admin, $"{reward.Id}/accept", ("right", "81"), ("heldOut", "100"));
        await using var db = await seeded.Open();
        await Press(admin, $"{reward.Id}/train", ("epoch", $"{await db.Epochs.Where(e => e.ProjectId == seeded.Project.Id).Select(e => e.Id).SingleAsync()}"));
        var job = await seeded.Get<JobQueue>().Claim("worker of the stale", [JobKind.Train]);
        await seeded.Get<EpochCycle>().StartTraining(job!);
        await seeded.Get<EpochCycle>().Complete(job!, AdapterKind.Lora, reward.WeightsHash, null);
        var checkpoint = await db.Checkpoints.Where(c => c.ProjectId == seeded.Project.Id).Select(c => c.Id).SingleAsync();
        Assert.DoesNotContain("set aside since", await admin.GetStringAsync($"/lineage/{checkpoint}"), StringComparison.Ordinal);

        var votes = await db.Votes.Where(v => v.ProjectId == seeded.Project.Id).Select(v => v.Id).Take(2).ToListAsync();
        await seeded.Get<Review>().Quarantine(seeded.Project.Id, votes, "pressed without looking");
        var page = await admin.GetStringAsync($"/lineage/{checkpoint}");
        Assert.Contains("2 of the 5 votes that taught it were withdrawn or set aside since", page, StringComparison.Ordinal);
        Assert.Contains("2 set aside since</span>", page, StringComparison.Ordinal);
    }

    private async Task<SeededProject> Seed(string name)
    {
        var seeded = await SeededProject.Create(host.Data, name, LabelingTask.FlagBatch, groups: 6, finish: false);
        for (var number = 0; number < 6; number++)
        {
            await seeded.AddGroup(number, "1 hand", [.. Enumerable.Range(0, 7).Select(n => DrawnPicture.Draw(seeded.Project.Id, number, n))]);
        }
        await seeded.Finish();
        var trajectory = await seeded.Get<FileStore>().Put("a trajectory"u8.ToArray());
        await using var db = await seeded.Open();
        await db.Groups.Where(g => g.ProjectId == seeded.Project.Id).ExecuteUpdateAsync(set => set.SetProperty(g => g.TrajectoryHash, trajectory));
        return seeded;
    }

    private static async Task Press(HttpClient admin, string button, params (string Name, string Value)[] fields) =>
        Assert.Equal(HttpStatusCode.Found, (await admin.Post("/compare/rewards", $"/compare/rewards/{button}", fields)).StatusCode);

    private async Task Vote(SeededProject seeded, string name, int groups)
    {
        using var person = await AnnotatorClient.Open(host, name);
        foreach (var item in await person.Items(seeded.Project.Id, groups))
        {
            Assert.Equal(["accepted"], await person.Send(AnnotatorClient.Flag(seeded.Project.Id, item, Guid.NewGuid(), 1)));
        }
    }

    private static async Task<LearnedReward> Learned(SeededProject seeded, int right)
    {
        var job = await seeded.Get<JobQueue>().Claim("learns rewards", [JobKind.RewardModel]);
        return await seeded.Get<RewardWorkflow>().Complete(job!, new MeasuredReward(await seeded.Get<FileStore>().Put("the weights"u8.ToArray()), 400, right, 100));
    }
}
