using Labeler.Shared.Epochs;
using Labeler.Shared.Jobs;
using Labeler.Shared.Members;
using Labeler.Shared.Projects;
using Labeler.Shared.Samples;
using Labeler.Shared.Voting;

namespace Labeler.Shared.Evaluations;

/// <summary>Begins evaluations and opens them to people.</summary>
public sealed class EvaluationWorkflow(IDbContextFactory<LabelerDb> contexts, TimeProvider time)
{
    /// <summary>Writes the evaluation and its project down and queues the making of its pictures, all or nothing.</summary>
    /// <param name="project">A new one, made by <see cref="Evaluation.ProjectFor"/> with the same plan; it is given an address that is
    /// free.</param>
    public Task<Evaluation> Start(Project project, EvaluationPlan plan, CancellationToken cancel = default) =>
        contexts.Write(LockScope.Epoch, project.Id, async db =>
    {
        var now = time.GetUtcNow();
        await project.TakeFreeSlug(db, cancel);
        db.Projects.Add(project);
        await db.SaveChangesAsync(cancel);
        await Membership.Inherit(db, project, [.. plan.Contestants.Select(one => one.Checkpoint).OfType<long>()], now, cancel);
        var evaluation = new Evaluation(project.Id, plan, now);
        var epoch = Epoch.Open(project, 1, plan.Pictures, now);
        db.AddRange(evaluation, epoch);
        await db.SaveChangesAsync(cancel);
        db.Jobs.Add(Job.Queue(JobKind.Evaluate, project.Id, epoch.Id, null, now));
        await db.SaveChangesAsync(cancel);
        return evaluation;
    }, cancel);

    /// <summary>
    /// The worker has made every picture of its job or share: when all are there the whole job ends and people are asked, all questions at
    /// once and in mixed order. Earlier nobody is asked anything, because what is sampled first would come from one checkpoint.
    /// </summary>
    /// <exception cref="JobLostException">Another worker has the job, or somebody called it off; nothing was written.</exception>
    public Task Finish(Job job, CancellationToken cancel = default) => contexts.Write(job, async (db, held) =>
    {
        var now = time.GetUtcNow();
        if (!await db.Succeed(held, now, cancel))
        {
            return held;
        }
        var epoch = await db.Epochs.FirstAsync(e => e.Id == job.EpochId, cancel);
        var project = await db.Projects.FirstAsync(p => p.Id == epoch.ProjectId, cancel);
        var plan = (await db.Evaluations.FirstAsync(e => e.ProjectId == project.Id, cancel)).Plan;
        var groups = await db.Groups.Include(g => g.Images).Where(g => g.EpochId == epoch.Id && g.Use == GroupUse.Labeling)
            .ToDictionaryAsync(g => g.Number, cancel);
        LabelerException.ThrowIf(
            groups.Count < plan.Pictures,
            $"{plan.Pictures - groups.Count} pictures of the evaluation are missing: try again, and only they are made.");
        var rank = 0;
        foreach (var (first, second) in plan.Questions())
        {
            db.Items.Add(Item.About(project, groups[first], second is { } other ? groups[other] : null, rank++));
        }
        epoch.BeginLabeling(now);
        return held;
    }, cancel);
}
