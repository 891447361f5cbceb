using Labeler.Shared.Epochs;
using Labeler.Shared.Projects;
using Labeler.Shared.Samples;
using Labeler.Shared.Training;
using Labeler.Shared.Voting;
using Microsoft.EntityFrameworkCore;

namespace Labeler.TrainingEngine.Tests.Worker;

/// <summary>Earlier epochs of a project that are learned from again.</summary>
public sealed class ReplayTests : IDisposable
{
    private readonly WorkerData _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task An_epoch_learns_again_from_the_one_before_without_what_was_set_aside_or_freed()
    {
        var project = await _data.Project(AdapterKind.Lora, groups: 4);
        await Set(training => training with { Replay = 1 });
        var first = await Labeled(await _data.Get<EpochCycle>().Start(project.Id, null));
        var second = await Labeled(await Trained(first));
        long[] votes;
        await using (var db = _data.Open())
        {
            votes = await db.Votes.Where(vote => vote.EpochId == first).OrderBy(vote => vote.Id).Select(vote => vote.Id).Take(1).ToArrayAsync();
            var judged = await db.Votes.Where(vote => vote.Id == votes[0]).Join(db.Items, vote => vote.ItemId, item => item.Id, (_, item) => item.GroupId).SingleAsync();
            await db.Groups.Where(group => group.Id == db.Groups.Where(one => one.EpochId == first && one.Use == GroupUse.Labeling && one.Id != judged).Max(one => one.Id))
                .ExecuteUpdateAsync(set => set.SetProperty(group => group.TrajectoryFreedAt, DateTimeOffset.UtcNow));
        }
        await _data.Get<Review>().Quarantine(project.Id, votes, "pressed without looking");

        var third = await Labeled(await Trained(second));
        await Set(training => training with { Replay = 0 });
        await Trained(third);

        // Of the first epoch, which has none before it, of the second, and of the third, which was frozen without.
        await using var after = _data.Open();
        var said = await after.JobLines.OrderBy(line => line.Id).Select(line => line.Text).Where(text => text.StartsWith("learning again from ")).ToListAsync();
        Assert.Equal(["learning again from 4 pairs of 2 groups of 1 earlier epochs"], said);
    }

    private async Task<long> Labeled(Epoch epoch)
    {
        _data.WorkUntil(() => _data.Open().Epochs.Single(one => one.Id == epoch.Id).State == EpochState.Labeling);
        await _data.FlagTheFirstImageOfEveryGroup(epoch.ProjectId);
        return epoch.Id;
    }

    private async Task<Epoch> Trained(long epoch)
    {
        await _data.Get<EpochCycle>().Train(epoch, null);
        _data.WorkUntil(() => _data.Open().Epochs.Single(one => one.Id == epoch).State == EpochState.Complete);
        await using var db = _data.Open();
        return await db.Epochs.SingleAsync(one => one.Number == db.Epochs.Single(old => old.Id == epoch).Number + 1);
    }

    private async Task Set(Func<TrainingOptions, TrainingOptions> change)
    {
        await using var db = _data.Open();
        var project = await db.Projects.SingleAsync();
        project.Change(project.Settings with { Training = change(project.Settings.Training) });
        await db.SaveChangesAsync();
    }
}
