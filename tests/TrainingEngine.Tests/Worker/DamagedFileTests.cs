using Labeler.Shared.Epochs;
using Labeler.Shared.Projects;
using Labeler.Shared.Storage;
using Labeler.Shared.Training;

namespace Labeler.TrainingEngine.Tests.Worker;

public sealed class DamagedFileTests : IDisposable
{
    private readonly WorkerData _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task A_flipped_bit_in_a_trajectory_fails_training_before_its_first_step_and_names_the_file()
    {
        var epoch = await Labeled();
        var damaged = Flip(_data.Open().Groups.Where(group => group.TrajectoryHash != null).OrderBy(group => group.Id).Last().TrajectoryHash!);

        await _data.Get<EpochCycle>().Train(epoch.Id, null);
        _data.WorkUntil(() => _data.Open().Epochs.Single(row => row.Id == epoch.Id).State == EpochState.Failed);

        Assert.Contains(damaged, _data.Open().Epochs.Single(row => row.Id == epoch.Id).Error, StringComparison.Ordinal);
        Assert.Empty(_data.Open().JobMetrics);
        Assert.Empty(_data.Open().Checkpoints);
    }

    [Fact]
    public async Task A_flipped_bit_in_a_checkpoint_fails_the_sampling_that_would_use_it()
    {
        var epoch = await Labeled();
        await _data.Get<EpochCycle>().Train(epoch.Id, null);
        _data.WorkUntil(() => _data.Open().Epochs.Any(row => row.Number == 2 && row.State == EpochState.Labeling));
        var checkpoint = _data.Open().Checkpoints.Single();
        var damaged = Flip(checkpoint.WeightsHash);

        var again = await _data.Get<EpochCycle>().RollBack(epoch.ProjectId, checkpoint.Id);
        _data.WorkUntil(() => _data.Open().Epochs.Single(row => row.Id == again.Id).State == EpochState.Failed);

        Assert.Contains(damaged, _data.Open().Epochs.Single(row => row.Id == again.Id).Error, StringComparison.Ordinal);
    }

    private async Task<Epoch> Labeled()
    {
        var project = await _data.Project(AdapterKind.Lora);
        var epoch = await _data.Get<EpochCycle>().Start(project.Id, null);
        _data.WorkUntil(() => _data.Open().Epochs.Single(row => row.Id == epoch.Id).State == EpochState.Labeling);
        await _data.FlagTheFirstImageOfEveryGroup(project.Id);
        return epoch;
    }

    /// <summary>Flips a bit in the middle of a stored file, where its numbers are; returns its path.</summary>
    private string Flip(string hash)
    {
        var path = _data.Get<FileStore>().PathOf(hash);
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        file.Position = file.Length / 2;
        var value = file.ReadByte();
        file.Position--;
        file.WriteByte((byte)(value ^ 1));
        return path;
    }
}
