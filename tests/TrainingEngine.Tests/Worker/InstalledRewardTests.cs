using Labeler.Shared;
using Labeler.Shared.Data;
using Labeler.Shared.Jobs;
using Labeler.Shared.Scoring;
using Labeler.Shared.Storage;
using Labeler.TrainingEngine.Tests.Rewards;
using Labeler.TrainingEngine.Worker;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;

namespace Labeler.TrainingEngine.Tests.Worker;

public sealed class InstalledRewardTests : IDisposable
{
    private readonly WorkerData _data = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
        _data.Dispose();
    }

    [Fact]
    public async Task The_worker_knows_every_kind_of_reward_that_an_admin_can_set_up()
    {
        var settings = new RewardSettings
        {
            Address = "http://127.0.0.1:9/score",
            Model = "judge",
            LearnedReward = 1,
            File = ScriptArchive.Write(_folder.File("reward.pt"), "return torch.mean(x, [1, 2, 3])"),
        };
        await using (var db = _data.Open())
        {
            db.Jobs.Add(Job.Queue(JobKind.Score, null, null, null, DateTimeOffset.UtcNow));
            await db.SaveChangesAsync();
        }
        using var database = new DatabaseThread();
        var job = (await _data.Get<JobQueue>().Claim("worker", [JobKind.Score]))!;
        using var reporter = new JobReporter(_data.Get<JobQueue>(), database, job, NullLogger.Instance, () => { }, default);
        var models = new LoadedModel(_data.Get<IDbContextFactory<LabelerDb>>(), _data.Get<DataFolder>(), _data.Get<FileStore>(), new("worker", TimeSpan.FromSeconds(15)));
        var rewards = new InstalledReward(_data.Get<DataFolder>(), _data.Get<FileStore>(), _data.Reach, _data.Get<ScoringWorkflow>(), models);

        foreach (var kind in Enum.GetValues<RewardKind>().Except([RewardKind.Learned]))
        {
            rewards.Open(Work(kind), reporter).Dispose();
        }
        // Whose file is gone.
        Assert.Contains(new string('a', 64), Assert.Throws<LabelerException>(() => rewards.Open(Work(RewardKind.Learned), reporter)).Message, StringComparison.Ordinal);
        Assert.Equal("this trainer knows no reward of the kind 99; update it", Assert.Throws<EngineException>(() => rewards.Open(Work((RewardKind)99), reporter)).Message);

        ScoringWork Work(RewardKind kind) => new(new Reward("one", kind, settings, null, "Ada", DateTimeOffset.UtcNow), null, new string('a', 64), []);
    }
}
