using Labeler.Shared.Epochs;
using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Shared.Samples;
using Labeler.Shared.Voting;

namespace Labeler.Shared.Training;

// How pictures come into an epoch.
public sealed partial class EpochCycle
{
    /// <summary>
    /// Opens the next epoch of a project whose pictures come from elsewhere than the epochs' models. No sampling is queued: whoever brings
    /// the
    /// pictures adds groups, under a job of theirs or by the epoch's id, and ends with <see cref="FinishSampling"/> or
    /// <see cref="BeginLabeling"/>.
    /// </summary>
    /// <param name="groups">How many will be added; 0 where that is not known yet.</param>
    /// <exception cref="LabelerException">The project's pictures are sampled.</exception>
    public Task<Epoch> Open(long projectId, int groups, CancellationToken cancel = default) =>
        contexts.Write(LockScope.Epoch, projectId, async db =>
    {
        var project = await Find(db, projectId, cancel);
        LabelerException.ThrowIf(
            project.Source == PictureSource.Sampled, $"{project.Name} is sampled by its model: start its next epoch instead.");
        var epoch = Epoch.Open(project, await NextNumber(db, project, cancel), groups, time.GetUtcNow());
        db.Epochs.Add(epoch);
        await db.SaveChangesAsync(cancel);
        return epoch;
    }, cancel);

    /// <summary>Adds a group to an epoch that was opened, and what annotators are asked about it. Its files must be in the store. False
    /// when the group was there already.</summary>
    public Task<bool> Add(long epochId, Func<Epoch, Group> make, CancellationToken cancel = default) =>
        Change(epochId, (db, epoch) => Add(db, epoch, make, cancel), cancel);

    /// <summary>All groups of an opened epoch are there. Further ones may still be added.</summary>
    public Task BeginLabeling(long epochId, CancellationToken cancel = default) => Change(epochId, (_, epoch) =>
    {
        if (epoch.State == EpochState.Sampling)
        {
            epoch.BeginLabeling(time.GetUtcNow());
        }
        return Task.FromResult(true);
    }, cancel);

    /// <summary>The worker writes a sampled group and what annotators are asked about it. Its files must be in the store. False when the
    /// group was there already.</summary>
    /// <param name="make">Makes the group from its epoch.</param>
    public Task<bool> Add(Job job, Func<Epoch, Group> make, CancellationToken cancel = default) =>
        Work(job, (db, _, epoch) => Add(db, epoch, make, cancel), cancel);

    /// <param name="about">A row about the group that is written with it, or not at all.</param>
    internal Task<bool> Add(Job job, Func<Epoch, Group> make, Func<Group, object> about, CancellationToken cancel) =>
        Work(job, (db, _, epoch) => Add(db, epoch, make, cancel, about), cancel);

    /// <summary>Opens the first epoch of a project whose model has sampled nothing yet, so that what is brought in can be labeled and
    /// learned from before it does.</summary>
    /// <exception cref="LabelerException">The project has an epoch.</exception>
    internal Task<Epoch> OpenUnsampled(long projectId, CancellationToken cancel) =>
        contexts.Write(LockScope.Epoch, projectId, async db =>
    {
        var number = await NextNumber(db, await Find(db, projectId, cancel), cancel);
        LabelerException.ThrowIf(number > 1, "The project has an epoch already; load the page again.");
        var epoch = Epoch.Open(await Find(db, projectId, cancel), number, 0, time.GetUtcNow());
        epoch.BeginLabeling(time.GetUtcNow());
        db.Epochs.Add(epoch);
        await db.SaveChangesAsync(cancel);
        return epoch;
    }, cancel);

    /// <summary>Adds groups that were brought in, all or none.</summary>
    /// <param name="make">Makes each from its epoch and its number.</param>
    /// <param name="about">Writes what belongs to them in the same transaction; the groups and their items have their ids.</param>
    internal Task<bool> Add(Job job, IReadOnlyList<Func<Epoch, int, Group>> make, Func<LabelerDb, Job, IReadOnlyList<Group>, Task> about,
        CancellationToken cancel) => Work(job, async (db, held, epoch) =>
    {
        var last = await db.Groups.Where(g => g.EpochId == epoch.Id && g.Use == GroupUse.Imported).MaxAsync(g => (int?)g.Number, cancel);
        var number = last + 1 ?? 0;
        var groups = new List<Group>();
        foreach (var one in make)
        {
            var group = one(epoch, number++);
            await Add(db, epoch, _ => group, cancel);
            groups.Add(group);
        }
        await db.SaveChangesAsync(cancel);
        await about(db, held, groups);
        return true;
    }, cancel);

    private async Task<bool> Add(LabelerDb db, Epoch epoch, Func<Epoch, Group> make, CancellationToken cancel,
        Func<Group, object>? about = null)
    {
        LabelerException.ThrowIf(!epoch.TakesVotes, $"Epoch {epoch.Number} is closed: no group can be added to it.");
        var group = make(epoch);
        foreach (var hash in group.Images.Select(i => i.ContentHash).Append(group.TrajectoryHash).OfType<string>())
        {
            LabelerException.ThrowIf(!await files.Has(hash, cancel),
                $"Group {group.Number} names the file {hash}, which is not in the store.");
        }
        if (await db.Groups.AnyAsync(g => g.EpochId == epoch.Id && g.Use == group.Use && g.Number == group.Number, cancel))
        {
            return false;
        }
        db.Groups.Add(group);
        if (about is not null)
        {
            db.Add(about(group));
        }
        // What people are asked about given checkpoints is decided when all of their pictures are there; see EvaluationWorkflow.
        if (await db.Projects.AsNoTracking()
            .FirstAsync(p => p.Id == epoch.ProjectId, cancel) is { Source: not PictureSource.Checkpoints } project)
        {
            db.Items.AddRange(
                group.Use == GroupUse.Evaluation ? await Measuring.Duels(db, project, group, cancel)
                    : Item.For(project, group, await Behind(db, project, epoch, group, cancel)));
        }
        return true;
    }

    private static async Task<int> Behind(LabelerDb db, Project project, Epoch epoch, Group group, CancellationToken cancel) =>
        project.Settings.RouteForSignal
            ? await PromptPriority.Behind(
                db, project, group.Prompt, (epoch.GroupsWanted + 1) * Item.MostOf(group.Images.Count), cancel) : 0;

    /// <summary>The worker has sampled every group of its job or share. When all are there the whole job ends, and the epoch opens fully
    /// for labeling.</summary>
    public Task FinishSampling(Job job, CancellationToken cancel = default) => Work(job, async (db, held, epoch) =>
    {
        var now = time.GetUtcNow();
        if (await db.Succeed(held, now, cancel) && epoch.State == EpochState.Sampling)
        {
            epoch.BeginLabeling(now);
        }
        return true;
    }, cancel);
}
