using System.Text;
using System.Text.Json;
using Labeler.Shared.Automation;
using Labeler.Shared.Data;
using Labeler.Shared.Epochs;
using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Shared.Rewards;
using Labeler.Shared.Tests.Support;
using Labeler.Shared.Training;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Shared.Tests.Rewards;

[Collection(Databases.Collection)]
public sealed class A_reward_is_learned_from_votes(Databases databases)
{
    [Theory, OnEachDatabase]
    public async Task Its_use_is_refused_until_somebody_saw_how_often_it_is_right_and_then_it_judges_every_picture(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 3);
        var (learning, person) = (world.Get<RewardWorkflow>(), Guid.NewGuid());
        Assert.Contains("0 groups with a better and a worse picture", (await Assert.ThrowsAsync<LabelerException>(() => learning.Queue(scene.Project.Id))).Message);
        for (var n = 0; n < 2; n++)
        {
            await scene.Vote(person, (await scene.Next(person)).ItemId, Scene.Flag(1, 4));
        }

        await learning.Queue(scene.Project.Id);
        Assert.Contains("already", (await Assert.ThrowsAsync<LabelerException>(() => learning.Queue(scene.Project.Id))).Message);
        var job = (await scene.Jobs.Claim("worker", [JobKind.RewardModel]))!;
        var manifest = await learning.Read(job);
        Assert.Equal([10, 10], manifest.Groups.Select(group => group.Preferences.Count));
        Assert.Equal(["a hand"], manifest.Prompts());
        var weights = await world.Files.Put(Encoding.UTF8.GetBytes("weights"));
        var reward = await learning.Complete(job, new MeasuredReward(weights, 10, 9, 10));
        await Assert.ThrowsAsync<JobLostException>(() => learning.Complete(job, new MeasuredReward(weights, 10, 9, 10)));

        Assert.Contains("Nobody has accepted", (await Assert.ThrowsAsync<LabelerException>(() => world.Get<RewardWorkflow>().Train(scene.Epoch.Id, reward.Id))).Message);
        Assert.Contains("not this model's", (await Assert.ThrowsAsync<LabelerException>(() => learning.Accept(reward.Id, 10, 10, "Ada"))).Message);
        await learning.Accept(reward.Id, 9, 10, "Ada");
        await learning.Accept(reward.Id, 9, 10, "Bo");
        Assert.Equal("Ada", (await world.Open().LearnedRewards.SingleAsync()).AcceptedBy);

        await world.Get<RewardWorkflow>().Train(scene.Epoch.Id, reward.Id);
        var training = (await scene.Jobs.Claim("worker", [JobKind.Train]))!;
        var frozen = await scene.Cycle.StartTraining(training);
        Assert.Equal((weights, 3), (frozen.Reward, frozen.Groups.Count));
        Assert.All(frozen.Groups, group => Assert.Equal((7, 0, 0), (group.Images.Count, group.Preferences.Count, group.Votes.Count)));
        await scene.Cycle.Complete(training, AdapterKind.Lora, weights, null);
        // The checkpoint was taught by the votes that taught the reward.
        Assert.Equal(2, await world.Open().CheckpointVotes.CountAsync());
        Assert.Equal(reward.Id, (await world.Open().Epochs.SingleAsync(e => e.Id == scene.Epoch.Id)).RewardId);
    }

    [Theory, OnEachDatabase]
    public async Task It_is_measured_again_on_groups_that_were_judged_after_it_had_learned(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 4);
        var (learning, measuring, person) = (world.Get<RewardWorkflow>(), world.Get<RewardMeasurement>(), Guid.NewGuid());
        async Task VoteOnce() => await scene.Vote(person, (await scene.Next(person)).ItemId, Scene.Flag(1, 4));
        await VoteOnce();
        await VoteOnce();
        await learning.Queue(scene.Project.Id);
        var learned = (await scene.Jobs.Claim("worker", [JobKind.RewardModel]))!;
        var known = (await learning.Read(learned)).Groups.Select(group => group.Id).ToList();
        var reward = await learning.Complete(learned, new MeasuredReward(await world.Files.Put(Encoding.UTF8.GetBytes("weights")), 10, 9, 10));
        Assert.Contains("No vote has come since", (await Assert.ThrowsAsync<LabelerException>(() => measuring.Queue(reward.Id))).Message);

        await VoteOnce();
        await measuring.Queue(reward.Id);
        Assert.Contains("already", (await Assert.ThrowsAsync<LabelerException>(() => learning.Queue(scene.Project.Id))).Message);
        var job = (await scene.Jobs.Claim("worker", [JobKind.RewardModel]))!;
        var (weights, later) = await measuring.Read(job);
        Assert.Equal((reward.WeightsHash, 10), (weights, Assert.Single(later.Groups).Preferences.Count));
        Assert.DoesNotContain(later.Groups[0].Id, known);
        await measuring.Complete(job, 2, 10);
        await Assert.ThrowsAsync<JobLostException>(() => measuring.Complete(job, 10, 10));
        reward = await world.Open().LearnedRewards.SingleAsync();
        Assert.Equal((2, 10.0, true), ((int)reward.Later!.Count, reward.Later.Of, reward.HasFallenBehind));
        Assert.Equal((9, 10), (reward.Right, reward.HeldOut));
        Assert.Equal(1, await world.Open().LearnedRewards.CountAsync());
    }

    [Fact]
    public async Task One_in_use_is_measured_by_itself_when_an_epochs_votes_have_closed()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, groups: 2);
        var (learning, reward) = await Learned(world, scene, right: 10);
        var measuring = world.Get<RewardMeasurement>();
        Task<int> Queued() => world.Open().Jobs.CountAsync(j => j.Kind == JobKind.RewardModel && j.State == JobState.Queued);
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        await scene.Cycle.Train(scene.Epoch.Id, null);
        await measuring.QueueDue();
        Assert.Equal(0, await Queued());

        // Nothing was judged that it had not learned from, and that is known from now on.
        await learning.Accept(reward.Id, 10, 10, "Ada");
        await measuring.QueueDue();
        Assert.Equal((0, world.Now), ((await world.Open().LearnedRewards.SingleAsync()).LaterPairs, (await world.Open().LearnedRewards.SingleAsync()).LaterAt));
        var training = (await scene.Jobs.Claim("worker", [JobKind.Train]))!;
        await scene.Cycle.StartTraining(training);
        var second = (await scene.Cycle.Complete(training, AdapterKind.Lora, await world.Files.Put("adapter"u8.ToArray()), null))!;
        await scene.Sample(second, 2);
        await scene.VoteAll(Guid.NewGuid(), _ => Scene.Flag(0));
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        await scene.Cycle.Train(second.Id, null);
        await world.Get<AutomaticTraining>().GoOn();
        Assert.Equal(1, await Queued());
        await measuring.Complete((await scene.Jobs.Claim("worker", [JobKind.RewardModel]))!, 12, 12);
        await world.Get<AutomaticTraining>().GoOn();
        Assert.Equal(0, await Queued());
        Assert.Equal(1.0, (await world.Open().LearnedRewards.SingleAsync()).Later!.Share);
    }

    [Fact]
    public async Task One_that_may_be_guessing_is_never_accepted()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var (learning, reward) = await Learned(world, await Scene.Sampled(world, groups: 2), right: 6);
        Assert.Contains("6 of 10 held-out pairs, which may be guessing", (await Assert.ThrowsAsync<LabelerException>(() => learning.Accept(reward.Id, 6, 10, "Ada"))).Message);
        Assert.Null((await world.Open().LearnedRewards.SingleAsync()).AcceptedAt);
    }

    [Fact]
    public async Task A_prompt_that_it_has_not_learned_is_refused_before_anything_is_trained()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, groups: 2);
        var (learning, reward) = await Learned(world, scene, right: 10);
        await learning.Accept(reward.Id, 10, 10, "Ada");
        await world.Open().Groups.ExecuteUpdateAsync(set => set.SetProperty(g => g.Prompt, "a horse"));
        Assert.Contains("nothing about the prompt \"a horse\"", (await Assert.ThrowsAsync<LabelerException>(() => world.Get<RewardWorkflow>().Train(scene.Epoch.Id, reward.Id))).Message);
        Assert.Equal(EpochState.Labeling, (await world.Open().Epochs.SingleAsync()).State);
    }

    [Theory]
    [InlineData(70, true)]
    [InlineData(55, false)]
    public async Task A_prompt_that_nobody_has_voted_on_is_judged_where_held_out_prompts_were_and_not_by_chance(int right, bool may)
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, groups: 3);
        var person = Guid.NewGuid();
        for (var n = 0; n < 2; n++)
        {
            await scene.Vote(person, (await scene.Next(person)).ItemId, Scene.Flag(1, 4));
        }
        var (learning, reward) = await Learned(world, scene, right: 10, HeaderOf(new LearningFigures(new(10, 10, 10), new(right, 100, 100), [], null)));
        await learning.Accept(reward.Id, 10, 10, "Ada");
        await scene.Vote(person, (await scene.Next(person)).ItemId, Scene.Flag(1, 4));
        var known = RewardManifest.Read(await world.Files.Read(reward.ManifestHash)).Groups.Select(group => group.Id).ToList();
        await world.Open().Groups.Where(g => !known.Contains(g.Id)).ExecuteUpdateAsync(set => set.SetProperty(g => g.Prompt, "a horse"));

        if (!may)
        {
            Assert.Contains("on prompts that it does not know", (await Assert.ThrowsAsync<LabelerException>(() => world.Get<RewardMeasurement>().Queue(reward.Id))).Message);
            Assert.Contains("nothing about the prompt \"a horse\"", (await Assert.ThrowsAsync<LabelerException>(() => learning.Train(scene.Epoch.Id, reward.Id))).Message);
            return;
        }
        await world.Get<RewardMeasurement>().Queue(reward.Id);
        Assert.Equal("a horse", Assert.Single((await world.Get<RewardMeasurement>().Read((await scene.Jobs.Claim("worker", [JobKind.RewardModel]))!)).Later.Groups).Prompt);
        await learning.Train(scene.Epoch.Id, reward.Id);
        Assert.Equal(EpochState.Frozen, (await world.Open().Epochs.SingleAsync()).State);
    }

    // A reward's file as the engine writes it, without tensors.
    private static byte[] HeaderOf(LearningFigures figures)
    {
        var header = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object> { ["__metadata__"] = new Dictionary<string, string> { [LearningFigures.Key] = JsonText.Write(figures) } });
        return [.. BitConverter.GetBytes((long)header.Length), .. header];
    }

    [Fact]
    public async Task An_epoch_called_back_from_a_reward_is_trained_on_votes_again()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, groups: 2);
        var (learning, reward) = await Learned(world, scene, right: 10);
        await learning.Accept(reward.Id, 10, 10, "Ada");
        await world.Get<RewardWorkflow>().Train(scene.Epoch.Id, reward.Id);
        await scene.Cycle.Cancel(scene.Epoch.Id);
        await scene.Cycle.Train(scene.Epoch.Id, null);
        var epoch = await world.Open().Epochs.SingleAsync();
        Assert.Null(epoch.RewardId);
        Assert.Equal(20, epoch.Signal);
        Assert.DoesNotContain("\"reward\":", Encoding.UTF8.GetString(await world.Files.Read(epoch.ManifestHash!)), StringComparison.Ordinal);
    }

    private static async Task<(RewardWorkflow Learning, LearnedReward Reward)> Learned(World world, Scene scene, int right, byte[]? weights = null)
    {
        if (weights is null)
        {
            await scene.VoteAll(Guid.NewGuid(), _ => Scene.Flag(1, 4));
        }
        var learning = world.Get<RewardWorkflow>();
        await learning.Queue(scene.Project.Id);
        var job = (await scene.Jobs.Claim("worker", [JobKind.RewardModel]))!;
        return (learning, await learning.Complete(job, new MeasuredReward(await world.Files.Put(weights ?? Encoding.UTF8.GetBytes("weights")), 10, right, 10)));
    }
}
