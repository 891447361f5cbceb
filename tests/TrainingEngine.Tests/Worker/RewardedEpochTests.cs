using Labeler.Shared.Data;
using Labeler.Shared.Epochs;
using Labeler.Shared.Imaging;
using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Shared.Rewards;
using Labeler.Shared.Storage;
using Labeler.Shared.Training;
using Labeler.Shared.Voting;
using Microsoft.EntityFrameworkCore;

namespace Labeler.TrainingEngine.Tests.Worker;

/// <summary>From people's votes to a reward model, and from it to a checkpoint, on a real database.</summary>
public sealed class RewardedEpochTests : IDisposable
{
    private const int Groups = 40, Later = 8;
    private readonly WorkerData _data = new();

    public void Dispose() => _data.Dispose();

    [Theory]
    [InlineData("d3po")]
    [InlineData("ddpo")]
    [InlineData("ddpo", RewardBaseline.Greedy)]
    public async Task A_reward_learned_from_votes_trains_the_epoch_once_it_was_accepted(string algorithm, RewardBaseline baseline = RewardBaseline.Automatic)
    {
        var epoch = await Sampled(algorithm, baseline);
        await FlagTheDarkest(epoch, Groups - Later);
        await Get<RewardWorkflow>().Queue(epoch.ProjectId);
        WorkUntil(() => Open().Jobs.Any(job => job.Kind == JobKind.RewardModel && job.State > JobState.Running));

        var reward = await Open().LearnedRewards.SingleAsync();
        Assert.Equal(2 * (Groups - Later), reward.LearnedPairs + reward.HeldOut);
        Assert.True(reward.BeatsGuessing, $"{reward.Right} of {reward.HeldOut}");
        var figures = (await LearningFigures.Of(Get<FileStore>(), reward))!;
        Assert.True(figures.KnowsNewPrompts, $"{figures.NewPrompts}");
        Assert.Equal((4, reward.LearnedPairs), (figures.Curve.Count, figures.Curve[^1].Pairs));
        await Get<RewardWorkflow>().Accept(reward.Id, reward.Right, reward.HeldOut, "Ada");

        // The last two of the groups judged later are judged the other way round.
        await FlagTheDarkest(epoch, Later - 2);
        await FlagTheDarkest(epoch, 2, reversed: true);
        await Get<RewardMeasurement>().Queue(reward.Id);
        WorkUntil(() => Open().Jobs.Count(job => job.Kind == JobKind.RewardModel && job.State > JobState.Running) == 2);
        reward = await Open().LearnedRewards.SingleAsync();
        Assert.Equal((2 * Later, 2 * (Later - 2)), (reward.LaterPairs, reward.LaterRight));
        // Nobody has voted on this prompt, which the model's own text encoder tells of.
        await Open().Groups.Where(group => group.Number == 0).ExecuteUpdateAsync(set => set.SetProperty(group => group.Prompt, "two hands"));
        await Get<RewardWorkflow>().Train(epoch.Id, reward.Id);
        WorkUntil(() => Open().Epochs.Any(other => other.Number == 2 || other.State == EpochState.Failed));

        await using var db = Open();
        var trained = await db.Epochs.SingleAsync(e => e.Id == epoch.Id);
        Assert.True(trained.State == EpochState.Complete, trained.Error);
        using (var weights = TrainingEngine.Weights.SafeTensors.Open(Get<FileStore>().PathOf((await db.Checkpoints.SingleAsync()).WeightsHash)))
        {
            Assert.Equal(algorithm, weights.Metadata["algorithm"]);
        }

        Assert.Contains(await db.JobLines.Select(line => line.Text).ToListAsync(), line => line.StartsWith($"learned reward, right on {reward.Right} of {reward.HeldOut}", StringComparison.Ordinal));
        Assert.Contains(await db.JobMetrics.ToListAsync(), metric => metric.Name == "gradient_norm" && metric.Value > 0);
        Assert.Equal(Groups - Later, await db.CheckpointVotes.CountAsync());
    }

    [Fact]
    public async Task Votes_too_few_to_hold_some_out_end_the_job_with_one_clear_line()
    {
        var epoch = await Sampled("d3po");
        var job = Job.Queue(JobKind.RewardModel, epoch.ProjectId, null, new RewardOrder(await Get<FileStore>().Put(new RewardManifest("tiny", []).ToBytes())), DateTimeOffset.UtcNow);
        await using (var db = Open())
        {
            db.Jobs.Add(job);
            await db.SaveChangesAsync();
        }
        WorkUntil(() => Open().Jobs.Any(other => other.Id == job.Id && other.State == JobState.Failed));
        Assert.Contains("0 judged groups are too few", (await Open().Jobs.SingleAsync(other => other.Id == job.Id)).Error, StringComparison.Ordinal);
        Assert.Equal(EpochState.Labeling, (await Open().Epochs.SingleAsync()).State);
    }

    /// <summary>An epoch of the tiny model. Its pictures are painted over in greys, so that there is something to like about them.</summary>
    private async Task<Epoch> Sampled(string algorithm, RewardBaseline baseline = RewardBaseline.Automatic)
    {
        var settings = new ProjectSettings
        {
            ModelFolder = TinyModel.Write(_data.Model),
            GroupSize = 3,
            ImagesPerEpoch = Groups * 3,
            EvaluationImages = 0,
            Algorithm = algorithm,
            Sampling = new() { Steps = 3, GuidanceScale = 1 },
            Training = new() { Rank = 2, LearningRate = 1e-3, LastStep = 1, Baseline = baseline },
        };
        var project = Project.Create("tiny", LabelingTask.FlagBatch, settings, DateTimeOffset.UtcNow);
        project.UsePrompts(["a red flag", "1 hand"]);
        await using (var db = Open())
        {
            db.Projects.Add(project);
            await db.SaveChangesAsync();
        }
        var epoch = await Get<EpochCycle>().Start(project.Id, null);
        WorkUntil(() => Open().Epochs.Single().State == EpochState.Labeling);
        await using var painted = Open();
        foreach (var image in await painted.Images.ToListAsync())
        {
            var hash = await Get<FileStore>().Put(Grey(image.GroupId, image.Index).ToPng());
            await painted.Images.Where(one => one.Id == image.Id).ExecuteUpdateAsync(set => set.SetProperty(one => one.ContentHash, hash));
        }
        return epoch;
    }

    private static int Brightness(long group, int index) => 40 + (60 * (int)((group + index) % 3));

    private static Picture Grey(long group, int index)
    {
        var (random, rgb) = (new Random((int)(3 * group) + index), new byte[3 * 64 * 64]);
        for (var at = 0; at < rgb.Length; at++)
        {
            rgb[at] = (byte)(Brightness(group, index) + random.Next(-30, 31));
        }

        return new(64, 64, rgb);
    }

    /// <summary>Somebody new flags the darkest picture, or all others, of some groups that nobody has judged.</summary>
    private async Task FlagTheDarkest(Epoch epoch, int groups, bool reversed = false)
    {
        var person = Guid.NewGuid();
        while (groups > 0)
        {
            foreach (var lease in (await Get<ItemQueue>().Take(epoch.ProjectId, person, Math.Min(8, groups), [])).Leases)
            {
                groups--;
                var group = lease.Item!.GroupId;
                var tiles = Enumerable.Range(0, 3).Select(n => new TileVerdict(n, (Brightness(group, n) == 40) != reversed ? FlagKinds.Deformed : FlagKinds.None, true, true)).ToList();
                Assert.Equal(Outcome.Accepted, (await Get<VoteRecorder>().Cast(new VoteSubmission(Guid.NewGuid(), lease.ItemId, person, new FlagVerdict(tiles), 900, null))).Outcome);
            }
        }
    }

    private void WorkUntil(Func<bool> holds) => _data.WorkUntil(holds);

    private LabelerDb Open() => _data.Open();

    private T Get<T>() where T : notnull => _data.Get<T>();
}
