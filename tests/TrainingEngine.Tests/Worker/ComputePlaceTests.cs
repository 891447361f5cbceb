using Labeler.Shared.Epochs;
using Labeler.Shared.Projects;
using Labeler.Shared.Samples;
using Labeler.Shared.Storage;
using Labeler.Shared.Training;
using Labeler.TrainingEngine.Diffusion;
using Microsoft.EntityFrameworkCore;

namespace Labeler.TrainingEngine.Tests.Worker;

/// <summary>A project says where its model computes, and in what.</summary>
public sealed class ComputePlaceTests : IDisposable
{
    private readonly WorkerData _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task A_project_in_bfloat16_samples_learns_and_samples_again_in_it()
    {
        var project = await _data.Project(AdapterKind.Lora,
            compute: new() { Device = "cpu", Precision = ComputePrecision.BFloat16, MicroBatch = 2, Recompute = true });
        var first = await _data.Get<EpochCycle>().Start(project.Id, null);
        _data.WorkUntil(() => _data.Open().Epochs.Single(epoch => epoch.Id == first.Id).State == EpochState.Labeling);
        await _data.FlagTheFirstImageOfEveryGroup(project.Id);

        await _data.Get<EpochCycle>().Train(first.Id, (await _data.Get<EpochCycle>().DryRun(first.Id)).Hash);
        _data.WorkUntil(() => _data.Open().Epochs.Any(epoch => epoch.Number == 2 && epoch.State == EpochState.Labeling));

        await using var db = _data.Open();
        var files = await db.Groups.Where(group => group.Use == GroupUse.Labeling).Select(group => group.TrajectoryHash!).ToListAsync();
        Assert.Equal(6, files.Count);
        Assert.All(files, file =>
        {
            using var trajectory = Trajectory.Load(_data.Get<FileStore>().PathOf(file));
            Assert.Equal("bfloat16", trajectory.Origin.Precision);
        });
        using var weights = TrainingEngine.Weights.SafeTensors.Open(_data.Get<FileStore>().PathOf((await db.Checkpoints.SingleAsync()).WeightsHash));
        Assert.All(weights.Names, name => Assert.Equal(TorchSharp.torch.ScalarType.Float32, weights.Read(name).dtype));
    }

    [Fact]
    public async Task A_device_that_is_not_there_fails_the_epoch_with_what_would_help()
    {
        var project = await _data.Project(AdapterKind.Lora, compute: new() { Device = "cuda:77" });
        var epoch = await _data.Get<EpochCycle>().Start(project.Id, null);

        _data.WorkUntil(() => _data.Open().Epochs.Single().State == EpochState.Failed);

        Assert.Contains("there is no device cuda:77", (await _data.Open().Epochs.SingleAsync(one => one.Id == epoch.Id)).Error, StringComparison.Ordinal);
    }
}
