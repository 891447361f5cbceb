using System.Diagnostics;
using Labeler.Shared.Imaging;
using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Shared.Samples;
using Labeler.Shared.Scoring;
using Labeler.Shared.Storage;
using Labeler.Shared.Training;
using Labeler.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Labeler.TrainingEngine.Tests.Worker;

/// <summary>Several workers ask one server about one epoch's pictures.</summary>
public sealed class SharedScoringTests : IAsyncLifetime
{
    private const int Pictures = 210;
    private readonly WorkerData _data = new();
    private readonly List<Process> _workers = [];
    private ScoreServer _server = null!;

    public async Task InitializeAsync() => _server = await ScoreServer.Start();

    public async Task DisposeAsync()
    {
        foreach (var worker in _workers.Where(worker => !worker.HasExited))
        {
            worker.StandardInput.Close();
            await worker.WaitForExitAsync();
        }
        await _server.DisposeAsync();
        _data.Dispose();
    }

    [Fact]
    public async Task Two_workers_of_which_one_is_killed_give_every_picture_the_score_that_it_has()
    {
        var (project, epoch, reward) = await Sampled();
        var open = new TaskCompletionSource();
        _server.Misbehave = async context =>
        {
            await open.Task.WaitAsync(context.RequestAborted);
            await _server.Score(context);
        };
        foreach (var name in new[] { "first", "second" })
        {
            _workers.Add(_data.StartWorker(name, environment: ("Rewards__AllowPrivateAddresses", "true")));
        }
        var whole = (await _data.Get<ScoringWorkflow>().Queue(project.Id, epoch, reward, taught: true))!;

        // Each has asked and waits for its answer.
        await _data.WaitUntil(() => Shares().Count(share => share.State == JobState.Running) == 2 && _server.Requests == 2);
        Assert.Equal(["first", "second"], Shares().Select(share => share.Worker).OfType<string>().Order());
        _workers[0].Kill();
        await _workers[0].WaitForExitAsync();
        await _data.EndLease("first");
        open.SetResult();
        await _data.WaitUntil(() => Whole(whole.Id).IsOver);

        Assert.Equal((JobState.Succeeded, 1.0, Pictures), (Whole(whole.Id).State, Whole(whole.Id).Progress, Whole(whole.Id).Pieces));
        Assert.Equal([64, 64, 64, 18], Shares().Select(share => share.Pieces));
        Assert.All(Shares(), share => Assert.Equal((JobState.Succeeded, "second"), (share.State, share.Worker)));
        Assert.Single(Shares(), share => share.Attempt == 2);
        Assert.Equal(Enumerable.Range(0, Pictures).Select(n => (double?)n), await Scores());
    }

    [Fact]
    public async Task Pictures_that_the_server_refuses_fail_the_job_after_all_shares_and_the_next_one_asks_for_them_alone()
    {
        var (project, epoch, reward) = await Sampled();
        _server.Misbehave = context =>
        {
            // The eighth request, of pictures 56 to 63.
            if (_server.Requests != 8)
            {
                return _server.Score(context);
            }
            context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            return Task.CompletedTask;
        };
        var whole = (await _data.Get<ScoringWorkflow>().Queue(project.Id, epoch, reward, taught: true))!;
        // The first share fails, then with the last of them the job.
        _data.WorkUntil(() => Shares().Any(share => share.State == JobState.Failed));
        _data.WorkUntil(() => Whole(whole.Id).IsOver);

        Assert.Equal(JobState.Failed, Whole(whole.Id).State);
        Assert.StartsWith($"bright gave no score for 8 of {Pictures} pictures: ", Whole(whole.Id).Error, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(0, Pictures).Where(n => n is < 56 or > 63).Select(n => (double?)n), await Scores());
        var asked = _server.Requests;
        whole = (await _data.Get<ScoringWorkflow>().Queue(project.Id, epoch, reward, taught: true))!;
        _data.WorkUntil(() => Whole(whole.Id).IsOver);
        Assert.Equal((asked + 1, JobState.Succeeded, 4), (_server.Requests, Whole(whole.Id).State, Shares().Count));
        Assert.Equal(Enumerable.Range(0, Pictures).Select(n => (double?)n), await Scores());
    }

    // The pictures' brightness counts up.
    private async Task<(Project Project, long Epoch, long Reward)> Sampled()
    {
        var project = await _data.Project(AdapterKind.Lora, Pictures / 3);
        var epoch = await _data.Get<EpochCycle>().Start(project.Id, null);
        var job = (await _data.Get<JobQueue>().Claim("sampler", [JobKind.Sample]))!;
        var store = _data.Get<FileStore>();
        var trajectory = await store.Put(new byte[] { 1, 2, 3 });
        for (var number = 0; number < Pictures / 3; number++)
        {
            var hashes = await Task.WhenAll(Enumerable.Range(3 * number, 3)
                .Select(n => store.Put(new Picture(2, 2, [.. Enumerable.Repeat((byte)n, 12)]).ToPng())));
            await _data.Get<EpochCycle>().Add(job, of => Group.Sampled(
                of, GroupUse.Labeling, number, null, "a hand", number, trajectory, [.. hashes.Select((hash, n) => new NewImage(hash, 2, 2, n))], DateTimeOffset.UtcNow));
        }
        await _data.Get<EpochCycle>().FinishSampling(job);
        var reward = new Reward("bright", RewardKind.Endpoint, new() { Address = _server.Address, AtOnce = 8 }, null, "Ada", DateTimeOffset.UtcNow);
        reward.TakeIntoUse(1, DateTimeOffset.UtcNow);
        await using var db = _data.Open();
        db.Add(reward);
        await db.SaveChangesAsync();
        return (project, epoch.Id, reward.Id);
    }

    private Job Whole(long id) => _data.Open().Jobs.Single(job => job.Id == id);

    private List<Job> Shares() => [.. _data.Open().Jobs.Where(job => job.Kind == JobKind.ScoreShare).OrderBy(job => job.Id)];

    private async Task<List<double?>> Scores() => await _data.Open().ImageScores.OrderBy(score => score.ImageId).Select(score => score.Value).ToListAsync();
}
