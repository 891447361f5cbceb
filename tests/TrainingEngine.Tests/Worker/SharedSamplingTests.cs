using Labeler.Shared.Epochs;
using Labeler.Shared.Projects;
using Labeler.Shared.Samples;
using Labeler.Shared.Training;
using Microsoft.EntityFrameworkCore;

namespace Labeler.TrainingEngine.Tests.Worker;

/// <summary>A worker with several devices: a process each, an epoch in shares.</summary>
public sealed class SharedSamplingTests : IDisposable
{
    private const int Groups = 24;
    private readonly WorkerData _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Two_processes_make_the_pictures_and_trajectories_of_one_to_the_last_bit()
    {
        var before = Left();
        var alone = await Sampled();
        _data.Others = ["cpu"];
        var shared = await Sampled();

        Assert.Equal(Groups, alone.Count(group => group.Use == GroupUse.Labeling));
        Assert.Equal(alone.Select(Told), shared.Select(Told));
        Assert.Contains("2 processes", await Log(), StringComparison.Ordinal);
        Assert.Empty(Left().Except(before));
    }

    [Fact]
    public async Task A_process_that_fails_fails_the_epoch_with_what_it_said_and_the_next_try_goes_on()
    {
        _data.Others = ["cuda:77"];
        var project = await _data.Project(AdapterKind.Lora, Groups);
        var epoch = await _data.Get<EpochCycle>().Start(project.Id, null);

        _data.WorkUntil(() => _data.Open().Epochs.Single(one => one.Id == epoch.Id).State == EpochState.Failed);

        Assert.Contains("the process on cuda:77 failed: error: there is no device cuda:77", (await _data.Open().Epochs.SingleAsync()).Error, StringComparison.Ordinal);
        _data.Others = [];
        await _data.Get<EpochCycle>().Retry(epoch.Id);
        _data.WorkUntil(() => _data.Open().Epochs.Single(one => one.Id == epoch.Id).State == EpochState.Labeling);
        Assert.Equal(Groups, await _data.Open().Groups.CountAsync(group => group.Use == GroupUse.Labeling));
    }

    private static string[] Left() => Directory.GetDirectories(Path.GetTempPath(), "labeler-share-*");

    private static string Told(Group group) => $"{group.Use} {group.Number} {group.TrajectoryHash} {string.Join(' ', group.Images.OrderBy(image => image.Index).Select(image => image.ContentHash))}";

    private async Task<string> Log() => string.Join('\n', await _data.Open().JobLines.Select(line => line.Text).ToListAsync());

    private async Task<IReadOnlyList<Group>> Sampled()
    {
        var project = await _data.Project(AdapterKind.Lora, Groups);
        var epoch = await _data.Get<EpochCycle>().Start(project.Id, null);
        _data.WorkUntil(() => _data.Open().Epochs.Single(one => one.Id == epoch.Id).State == EpochState.Labeling);
        return await _data.Open().Groups.Include(group => group.Images).Where(group => group.EpochId == epoch.Id)
            .OrderBy(group => group.Use).ThenBy(group => group.Number).ToListAsync();
    }
}
