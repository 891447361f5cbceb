using Labeler.Shared.Data;
using Labeler.Shared.Epochs;
using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Shared.Storage;
using Labeler.Shared.Training;
using Labeler.TrainingEngine.Tests.Training;
using Labeler.TrainingEngine.Weights;
using Labeler.TrainingEngine.Worker;
using Microsoft.EntityFrameworkCore;

namespace Labeler.TrainingEngine.Tests.Worker;

/// <summary>A worker whose trainings several processes do together.</summary>
public sealed class RankedJobTests : IDisposable
{
    private readonly WorkerData _data = new();

    // mpirun inherits what this process has.
    public RankedJobTests() => RankProcess.AsRoot.ToList().ForEach(one => Environment.SetEnvironmentVariable(one.Key, one.Value));

    public void Dispose() => _data.Dispose();

    [Theory]
    [InlineData("d3po")]
    [InlineData("ddpo", RewardBaseline.Prompt)]
    [InlineData("diffusion-kto")]
    public async Task Two_ranks_train_what_a_worker_does_alone_and_tell_the_same(string algorithm, RewardBaseline baseline = RewardBaseline.Automatic)
    {
        var alone = await Judged(algorithm, training => training with { Baseline = baseline });
        _data.WorkUntil(() => IsTrained(alone));
        var shared = await Judged(algorithm, training => training with { Baseline = baseline });
        _data.WorkUntil(() => IsTrained(shared), Ranks(2));

        var (one, two) = (Weights(alone), Weights(shared));
        Assert.Equal(one.Keys, two.Keys);
        Assert.All(one.Keys, name => Assert.True(one[name].allclose(two[name], 1e-4, 1e-6), name));
        var (figures, same) = (await Figures(alone), await Figures(shared));
        Assert.Contains(figures, figure => figure.Name == "loss");
        Assert.Equal(figures.Select(figure => (figure.Name, figure.Step)), same.Select(figure => (figure.Name, figure.Step)));
        Assert.All(figures.Zip(same).Where(pair => pair.First.Name != "images_per_second"),
            pair => Assert.Equal(pair.First.Value, pair.Second.Value, 1e-3));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_data.Get<DataFolder>().Checkpoints));
    }

    [Fact]
    public async Task A_rank_that_is_killed_costs_what_it_did_since_the_last_checkpoint()
    {
        var epoch = await Judged("d3po", Long);
        var killing = Task.Run(async () =>
        {
            while (Steps(epoch) < 3)
            {
                await Task.Delay(20);
            }
            using var rank = RankProcess.Of(1, _data.Folder)!;
            rank.Kill();
        });
        _data.WorkUntil(() => killing.IsCompleted && IsTrained(epoch), Ranks(2));
        await killing;

        var job = await Job(epoch);
        Assert.Equal(JobState.Succeeded, job.State);
        var lines = await Lines(job);
        Assert.Single(lines, line => line == "one of the 2 ranks has ended; the training goes on from its last checkpoint");
        Assert.Contains(lines, line => line.StartsWith("going on after step", StringComparison.Ordinal));
        var steps = (await Figures(epoch)).Where(figure => figure.Name == "loss").Select(figure => figure.Step).ToList();
        Assert.Equal(Enumerable.Range(1, steps.Count), steps);
    }

    [Fact]
    public async Task Ranks_end_with_their_worker_and_a_worker_without_any_goes_on_from_their_checkpoint()
    {
        var epoch = await Judged("d3po", Long);
        using (var worker = _data.StartWorker(["--name", "of two", "--device", "cpu", "--ranks", "2", "--checkpoint-every", "0"]))
        {
            await _data.WaitUntil(() => Steps(epoch) > 2);
            // As a machine that loses its power takes it away, without a chance to tell anybody.
            worker.Kill();
            await worker.WaitForExitAsync();
        }
        await _data.WaitUntil(() => RankProcess.Of(0, _data.Folder) is null && RankProcess.Of(1, _data.Folder) is null);
        Assert.False(IsTrained(epoch));
        await _data.EndLease("of two");
        _data.WorkUntil(() => IsTrained(epoch));
        Assert.Contains(await Lines(await Job(epoch)), line => line.StartsWith("going on after step", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/nowhere", "--ranks: mpirun is not there: install Open MPI (Debian and Ubuntu: apt-get install openmpi-bin)")]
    [InlineData(null, "diffusion_pytorch_model.safetensors")]
    public async Task What_keeps_ranks_from_beginning_is_the_reason_that_the_job_tells(string? path, string reason)
    {
        var epoch = await Judged("d3po", training => training);
        if (path is null)
        {
            // The ranks alone load it.
            await using var weights = File.OpenWrite(Path.Combine(_data.Model, "unet", "diffusion_pytorch_model.safetensors"));
            weights.SetLength(weights.Length / 2);
        }
        using var worker = _data.StartWorker(["--name", "cannot", "--device", "cpu", "--ranks", "2"], ("PATH", path ?? Environment.GetEnvironmentVariable("PATH")!));
        while ((await Job(epoch)).State is JobState.Queued or JobState.Running)
        {
            await Task.Delay(50);
        }
        worker.StandardInput.Close();
        await worker.WaitForExitAsync();
        var job = await Job(epoch);
        Assert.Equal(JobState.Failed, job.State);
        Assert.Contains(reason, job.Error, StringComparison.Ordinal);
    }

    // Long enough to be disturbed.
    private static TrainingOptions Long(TrainingOptions training) => training with { Passes = 40, ImagesPerStep = 3 };

    private static WorkerOptions Ranks(int count) => new($"worker-{Guid.NewGuid():N}", TimeSpan.Zero) { Ranks = count };

    /// <summary>An epoch that people have judged and whose training waits.</summary>
    private async Task<long> Judged(string algorithm, Func<TrainingOptions, TrainingOptions> training)
    {
        var project = await _data.Project(AdapterKind.Lora, algorithm: algorithm);
        await using (var db = _data.Open())
        {
            var kept = await db.Projects.SingleAsync(one => one.Id == project.Id);
            kept.Change(kept.Settings with { Training = training(kept.Settings.Training) });
            await db.SaveChangesAsync();
        }
        var epoch = await _data.Get<EpochCycle>().Start(project.Id, null);
        _data.WorkUntil(() => _data.Open().Epochs.Single(one => one.Id == epoch.Id).State == EpochState.Labeling);
        await _data.FlagTheFirstImageOfEveryGroup(project.Id);
        await _data.Get<EpochCycle>().Train(epoch.Id, (await _data.Get<EpochCycle>().DryRun(epoch.Id)).Hash);
        return epoch.Id;
    }

    private bool IsTrained(long epoch) => _data.Open().Checkpoints.Any(checkpoint => checkpoint.EpochId == epoch);

    private Task<Job> Job(long epoch) => _data.Open().Jobs.AsNoTracking().SingleAsync(job => job.EpochId == epoch && job.Kind == JobKind.Train);

    private int Steps(long epoch)
    {
        using var db = _data.Open();
        return db.JobMetrics.Count(metric => metric.Name == "loss" && db.Jobs.Any(job => job.Id == metric.JobId && job.EpochId == epoch && job.Kind == JobKind.Train));
    }

    private async Task<IReadOnlyList<JobMetric>> Figures(long epoch)
    {
        var job = await Job(epoch);
        return await _data.Open().JobMetrics.AsNoTracking().Where(metric => metric.JobId == job.Id).OrderBy(metric => metric.Name).ThenBy(metric => metric.Step).ToListAsync();
    }

    private async Task<IReadOnlyList<string>> Lines(Job job) =>
        await _data.Open().JobLines.Where(line => line.JobId == job.Id).OrderBy(line => line.Id).Select(line => line.Text).ToListAsync();

    private IReadOnlyDictionary<string, TorchSharp.torch.Tensor> Weights(long epoch) =>
        SafeTensors.ReadAll(_data.Get<FileStore>().PathOf(_data.Open().Checkpoints.Single(checkpoint => checkpoint.EpochId == epoch).WeightsHash));
}
