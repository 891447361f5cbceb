using System.Text.Json;
using Labeler.Shared.Epochs;
using Labeler.Shared.Projects;
using Labeler.Shared.Training;
using Labeler.Shared.Voting;
using Labeler.TrainingEngine.Training.Data;
using Labeler.TrainingEngine.Worker;
using Microsoft.EntityFrameworkCore;

namespace Labeler.TrainingEngine.Tests.Worker;

/// <summary>DDPO's per-prompt statistics over the epochs of a project, against the numbers of the original program.</summary>
public sealed class PromptStatisticsTests
{
    [Fact]
    public void Each_epoch_has_the_advantages_that_the_original_gives_after_all_epochs_before()
    {
        var sequences = JsonDocument.Parse(File.ReadAllBytes(GoldenCopy.File("golden-misc", "stat_tracker.json"))).RootElement;
        var compared = 0;
        foreach (var sequence in sequences.EnumerateArray())
        {
            var (buffer, minimum) = (sequence.GetProperty("buffer_size").GetInt32(), sequence.GetProperty("min_count").GetInt32());
            var tolerance = sequence.GetProperty("dtype").GetString() == "float32" ? 1e-4 : 1e-9;
            var updates = sequence.GetProperty("updates").EnumerateArray().ToList();
            for (var epoch = 1; epoch < updates.Count; epoch++)
            {
                var (prompts, rewards) = (Texts(updates[epoch]), Numbers(updates[epoch], "rewards"));
                var statistics = new PromptStatistics(buffer, minimum);
                statistics.OfReward([.. updates.Take(epoch).Select(Manifest)], prompts.ToHashSet(), groups => [.. groups.Select(group => new[] { BitConverter.Int64BitsToDouble(group.Id) })]);

                var advantages = statistics.Tracker.Update(prompts, rewards);
                Assert.All(Numbers(updates[epoch], "advantages").Zip(advantages), pair => Assert.Equal(pair.First, pair.Second, tolerance));
                compared++;
            }
        }
        Assert.True(compared >= 15, $"{compared} epochs");
    }

    [Fact]
    public void Without_the_epochs_before_the_advantages_are_others()
    {
        var second = JsonDocument.Parse(File.ReadAllBytes(GoldenCopy.File("golden-misc", "stat_tracker.json"))).RootElement[1].GetProperty("updates")[1];

        var alone = new PerPromptStatTracker(4, 2).Update(Texts(second), Numbers(second, "rewards"));

        Assert.Contains(Numbers(second, "advantages").Zip(alone), pair => Math.Abs(pair.First - pair.Second) > 0.05);
    }

    [Fact]
    public async Task A_project_s_second_epoch_goes_on_from_the_first_ones_rewards()
    {
        using var data = new WorkerData();
        var project = await data.Project(AdapterKind.Lora, algorithm: "ddpo");
        await using (var db = data.Open())
        {
            var kept = await db.Projects.SingleAsync();
            kept.Change(kept.Settings with { Training = kept.Settings.Training with { Baseline = RewardBaseline.Prompt } });
            await db.SaveChangesAsync();
        }
        var epoch = await data.Get<EpochCycle>().Start(project.Id, null);
        for (var number = 1; number <= 2; number++)
        {
            data.WorkUntil(() => data.Open().Epochs.Any(e => e.Number == number && e.State == EpochState.Labeling));
            await FlagTheFirstImages(data, project.Id);
            await data.Get<EpochCycle>().Train(epoch.Id, null);
            data.WorkUntil(() => data.Open().Epochs.Any(e => e.Number == number + 1));
            epoch = await data.Open().Epochs.SingleAsync(e => e.Number == number + 1);
        }

        var lines = await data.Open().JobLines.OrderBy(line => line.Id).Select(line => line.Text).ToListAsync();
        Assert.Equal(
            ["the prompts' statistics go on from 0 rewards of 0 earlier epochs", "the prompts' statistics go on from 9 rewards of 1 earlier epochs"],
            lines.Where(line => line.StartsWith("the prompts' statistics", StringComparison.Ordinal)));
    }

    private static async Task FlagTheFirstImages(WorkerData data, long project)
    {
        var person = Guid.NewGuid();
        foreach (var lease in (await data.Get<ItemQueue>().Take(project, person, 16, [])).Leases)
        {
            var tiles = lease.Item!.Group!.Images.Select(image => new TileVerdict(image.Index, image.Index == 0 ? FlagKinds.Deformed : FlagKinds.None, true, true)).ToList();
            await data.Get<VoteRecorder>().Cast(new VoteSubmission(Guid.NewGuid(), lease.ItemId, person, new FlagVerdict(tiles), 900, null));
        }
    }

    // The groups' ids carry the rewards.
    private static Manifest Manifest(JsonElement update) => new(
        Labeler.Shared.Training.Manifest.CurrentVersion, "golden", 1, "model", null, "ddpo", new(), new(),
        [.. Texts(update).Zip(Numbers(update, "rewards"), (prompt, reward) => new ManifestGroup(BitConverter.DoubleToInt64Bits(reward), prompt, 1, "trajectory", ["image"], [], []))])
    {
        Reward = "reward",
    };

    private static string[] Texts(JsonElement update) => [.. update.GetProperty("prompts").EnumerateArray().Select(text => text.GetString()!)];

    private static double[] Numbers(JsonElement update, string name) => [.. update.GetProperty(name).EnumerateArray().Select(number => number.GetDouble())];
}
