using System.Text;
using Labeler.Shared.Epochs;
using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Shared.Rewards;
using Labeler.Shared.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Labeler.Shared.Tests.Rewards;

[Collection(Databases.Collection)]
public sealed class A_reward_is_learned_from_votes(Databases databases)
{
    [Theory, OnEachDatabase]
    public async Task Its_use_is_refused_until_somebody_saw_how_often_it_is_right_and_then_it_judges_every_picture(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 3);
        var (learning, person) = (world.Get<RewardLearning>(), Guid.NewGuid());
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

        Assert.Contains("Nobody has accepted", (await Assert.ThrowsAsync<LabelerException>(() => scene.Cycle.TrainOnReward(scene.Epoch.Id, reward.Id))).Message);
        Assert.Contains("not this model's", (await Assert.ThrowsAsync<LabelerException>(() => learning.Accept(reward.Id, 10, 10, "Ada"))).Message);
        await learning.Accept(reward.Id, 9, 10, "Ada");
        await learning.Accept(reward.Id, 9, 10, "Bo");
        Assert.Equal("Ada", (await world.Open().LearnedRewards.SingleAsync()).AcceptedBy);

        await scene.Cycle.TrainOnReward(scene.Epoch.Id, reward.Id);
        var training = (await scene.Jobs.Claim("worker", [JobKind.Train]))!;
        var frozen = await scene.Cycle.StartTraining(training);
        Assert.Equal((weights, 3), (frozen.Reward, frozen.Groups.Count));
        Assert.All(frozen.Groups, group => Assert.Equal((7, 0, 0), (group.Images.Count, group.Preferences.Count, group.Votes.Count)));
        await scene.Cycle.Complete(training, AdapterKind.Lora, weights, null);
        // The checkpoint was taught by the votes that taught the reward.
        Assert.Equal(2, await world.Open().TaughtBy.CountAsync());
        Assert.Equal(reward.Id, (await world.Open().Epochs.SingleAsync(e => e.Id == scene.Epoch.Id)).RewardId);
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
        Assert.Contains("nothing about the prompt \"a horse\"", (await Assert.ThrowsAsync<LabelerException>(() => scene.Cycle.TrainOnReward(scene.Epoch.Id, reward.Id))).Message);
        Assert.Equal(EpochState.Labelling, (await world.Open().Epochs.SingleAsync()).State);
    }

    [Fact]
    public async Task An_epoch_called_back_from_a_reward_is_trained_on_votes_again()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, groups: 2);
        var (learning, reward) = await Learned(world, scene, right: 10);
        await learning.Accept(reward.Id, 10, 10, "Ada");
        await scene.Cycle.TrainOnReward(scene.Epoch.Id, reward.Id);
        await scene.Cycle.Cancel(scene.Epoch.Id);
        await scene.Cycle.Train(scene.Epoch.Id, null);
        var epoch = await world.Open().Epochs.SingleAsync();
        Assert.Null(epoch.RewardId);
        Assert.Equal(20, epoch.Signal);
        Assert.DoesNotContain("\"reward\":", Encoding.UTF8.GetString(await world.Files.Read(epoch.ManifestHash!)), StringComparison.Ordinal);
    }

    private static async Task<(RewardLearning Learning, LearnedReward Reward)> Learned(World world, Scene scene, int right)
    {
        await scene.VoteAll(Guid.NewGuid(), _ => Scene.Flag(1, 4));
        var learning = world.Get<RewardLearning>();
        await learning.Queue(scene.Project.Id);
        var job = (await scene.Jobs.Claim("worker", [JobKind.RewardModel]))!;
        return (learning, await learning.Complete(job, new MeasuredReward(await world.Files.Put(Encoding.UTF8.GetBytes("weights")), 10, right, 10)));
    }
}
