using Labeler.Shared.Epochs;
using Labeler.Shared.Projects;
using Labeler.Shared.Tests.Support;
using Labeler.Shared.Voting;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Shared.Tests.Voting;

/// <summary>Which prompts an epoch samples where a project samples for signal.</summary>
[Collection(Databases.Collection)]
public sealed class Prompts_are_asked_for_their_signal(Databases databases)
{
    [Fact]
    public void Groups_are_shared_out_in_proportion_and_no_prompt_is_forgotten()
    {
        double[] signal = [1, 0.6, 0];
        double[] shares = [.. new[] { 1, 0.6, PromptShares.Least }.Select(weight => 17 * weight / (1.6 + PromptShares.Least))];
        var counts = Enumerable.Range(1, 20).Select(epoch =>
        {
            var chosen = PromptShares.Of(signal, 17, epoch);
            return Enumerable.Range(0, 3).Select(prompt => chosen.Count(place => place == prompt)).ToArray();
        }).ToList();

        Assert.All(counts, epoch => Assert.All(epoch.Zip(shares), one => Assert.InRange(one.First, Math.Floor(one.Second), Math.Ceiling(one.Second))));
        Assert.All(Enumerable.Range(0, 3), prompt => Assert.Equal(shares[prompt], counts.Average(epoch => epoch[prompt]), 0.1));
    }

    [Fact]
    public void Fewer_groups_than_prompts_reach_all_of_them_in_some_epochs()
    {
        var reached = Enumerable.Range(1, 5).SelectMany(epoch => PromptShares.Of([.. Enumerable.Repeat(0.5, 20)], 7, epoch)).ToHashSet();
        Assert.Equal(Enumerable.Range(0, 20), reached.Order());
    }

    [Theory, OnEachDatabase]
    public async Task What_was_judged_differently_is_asked_again_and_what_was_judged_alike_less(string database)
    {
        await using var world = await databases.World(database);
        var scene = await Scene.Sampled(world, groups: 4);
        Assert.Null(await Asked(scene, forSignal: true));
        await scene.VoteAll(Guid.NewGuid(), lease => lease.Item!.Group!.Number % 2 == 0 ? Scene.Flag() : Scene.Flag(1, 2, 3));
        await using (var db = world.Open())
        {
            await db.Groups.Where(g => g.Number % 2 == 1).ExecuteUpdateAsync(set => set.SetProperty(g => g.Prompt, "an open hand"));
        }

        var asked = (await Asked(scene, forSignal: true))!.CountBy(place => place).ToDictionary();

        // Of two votes that taught nothing, two that taught all they could, and none: a quarter, three quarters and a half.
        Assert.Equal((2, 6, 4), (asked[0], asked[1], asked[2]));
        Assert.Null(await Asked(scene, forSignal: false));
    }

    // For the next epoch, of 12 groups of 7.
    private static async Task<IReadOnlyList<int>?> Asked(Scene scene, bool forSignal)
    {
        var settings = new ProjectSettings { SampleForSignal = forSignal, ImagesPerEpoch = 84 };
        await scene.Read(db => db.Projects.ExecuteUpdateAsync(set => set.SetProperty(one => one.Settings, settings)));
        var project = await scene.Read(db => db.Projects.AsNoTracking().SingleAsync(one => one.Id == scene.Project.Id));
        var next = Epoch.StartSampling(project, scene.Epoch.Number + 1, null, DateTimeOffset.UtcNow);
        return await scene.Read(db => PromptShares.Of(db, project, next, ["a hand", "an open hand", "a third hand"]));
    }
}
