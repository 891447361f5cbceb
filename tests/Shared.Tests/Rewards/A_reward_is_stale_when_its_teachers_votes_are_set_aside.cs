using System.Text;
using Labeler.Shared.Automation;
using Labeler.Shared.Jobs;
using Labeler.Shared.Rewards;
using Labeler.Shared.Tests.Support;
using Labeler.Shared.Voting;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Shared.Tests.Rewards;

[Collection(Databases.Collection)]
public sealed class A_reward_is_stale_when_its_teachers_votes_are_set_aside(Databases databases)
{
    [Theory, OnEachDatabase]
    public async Task It_is_neither_accepted_nor_trained_on_nor_measured_until_the_votes_count_again(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 3);
        var person = await scene.Person("Ada");
        var (learning, review) = (world.Get<RewardWorkflow>(), world.Get<Review>());
        var reward = await Learn(world, scene, person.Id, groups: 2);
        var manifest = await world.Files.Read(reward.ManifestHash);
        var votes = await scene.Read(db => db.Votes.Select(v => v.Id).ToListAsync());
        const string Told = "1 of the 2 votes that taught it was withdrawn or set aside since: learn the reward again.";

        await review.Quarantine(scene.Project.Id, [votes[0]], "pressed without looking");
        Assert.Contains(Told, await Refused(() => learning.Accept(reward.Id, 10, 10, "Lin")));
        await review.Release(scene.Project.Id, [votes[0]]);
        await learning.Accept(reward.Id, 10, 10, "Lin");

        await review.Quarantine(scene.Project.Id, [votes[0]], "pressed without looking");
        Assert.Contains(Told, await Refused(() => learning.Train(scene.Epoch.Id, reward.Id)));
        await scene.VoteAll(Guid.NewGuid(), _ => Scene.Flag(2));
        Assert.Contains(Told, await Refused(() => world.Get<RewardMeasurement>().Queue(reward.Id)));
        Assert.Equal(0, await scene.Read(db => db.Jobs.CountAsync(j => j.State == JobState.Queued)));

        await review.Release(scene.Project.Id, [votes[0]]);
        File.Delete(world.Files.PathOf(reward.ManifestHash));
        Assert.Contains("no longer in the store: learn the reward again", await Refused(() => learning.Train(scene.Epoch.Id, reward.Id)));
        await world.Files.Put(manifest);
        await learning.Train(scene.Epoch.Id, reward.Id);
    }

    [Theory, OnEachDatabase]
    public async Task Whoever_withdraws_makes_it_stale_and_nothing_measures_it_by_itself(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 3);
        var (stays, leaves) = (await scene.Person("Stays"), await scene.Person("Leaves"));
        await scene.Vote(leaves.Id, (await scene.Next(leaves.Id)).ItemId, Scene.Flag(3));
        var reward = await Learn(world, scene, stays.Id, groups: 1);
        await world.Get<RewardWorkflow>().Accept(reward.Id, 10, 10, "Lin");
        await Withdraw(world, leaves.Id);
        await scene.VoteAll(stays.Id, _ => Scene.Flag(2));
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        await scene.Cycle.Train(scene.Epoch.Id, null);

        await world.Get<AutomaticTraining>().GoOn();

        Assert.Equal(0, await scene.Read(db => db.Jobs.CountAsync(j => j.Kind == JobKind.RewardModel && j.State == JobState.Queued)));
        Assert.Null((await scene.Read(db => db.LearnedRewards.SingleAsync())).LaterAt);
        await using var db = world.Open();
        Assert.Equal((1, 2), await Staleness.Read(db, world.Files, reward) is var stale ? (stale.Lost, stale.Of) : default);
    }

    [Fact]
    public async Task A_training_that_failed_is_not_tried_again_on_votes_of_somebody_who_withdrew()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var scene = await Scene.Sampled(world, groups: 2);
        var (stays, leaves) = (await scene.Person("Stays"), await scene.Person("Leaves"));
        await scene.Vote(leaves.Id, (await scene.Next(leaves.Id)).ItemId, Scene.Flag(3));
        await scene.VoteAll(stays.Id, _ => Scene.Flag(1));
        await scene.Cycle.Train(scene.Epoch.Id, null);
        var job = (await scene.Jobs.Claim("worker", [JobKind.Train]))!;
        await scene.Cycle.StartTraining(job);
        await scene.Jobs.Fail(job, "the disk is full");
        await Withdraw(world, leaves.Id);

        Assert.Equal(
            "1 of the 2 votes that it learns from was withdrawn or set aside since: cancel the training, then train again.",
            await Refused(() => scene.Cycle.Retry(scene.Epoch.Id)));

        await scene.Cycle.Cancel(scene.Epoch.Id);
        await scene.Cycle.Train(scene.Epoch.Id, null);
        Assert.Single((await scene.Cycle.StartTraining((await scene.Jobs.Claim("worker", [JobKind.Train]))!)).Groups);
    }

    private static async Task<LearnedReward> Learn(World world, Scene scene, Guid person, int groups)
    {
        for (var n = 0; n < groups; n++)
        {
            await scene.Vote(person, (await scene.Next(person)).ItemId, Scene.Flag(1, 4));
        }
        var learning = world.Get<RewardWorkflow>();
        await learning.Queue(scene.Project.Id);
        var job = (await scene.Jobs.Claim("worker", [JobKind.RewardModel]))!;
        return await learning.Complete(job, new MeasuredReward(await world.Files.Put(Encoding.UTF8.GetBytes("weights")), 10, 10, 10));
    }

    private static async Task Withdraw(World world, Guid person)
    {
        await using var db = world.Open();
        (await db.Users.FirstAsync(a => a.Id == person)).Withdraw(world.Now);
        await db.SaveChangesAsync();
        await world.Get<Review>().Withdraw(person);
    }

    private static async Task<string> Refused(Func<Task> act) => (await Assert.ThrowsAsync<LabelerException>(act)).Message;
}
