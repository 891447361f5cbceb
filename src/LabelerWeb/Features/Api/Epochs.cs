using Microsoft.AspNetCore.Http.HttpResults;

namespace Labeler.Web.Features.Api;

public static class Epochs
{
    /// <param name="Signal">Usable pairs, or judged images, that it was trained on; null before.</param>
    /// <param name="Checkpoint">What its training made.</param>
    public sealed record Epoch(long Id, int Number, EpochState State, int GroupsWanted, int? Signal, long? Checkpoint, string? Error,
        DateTimeOffset CreatedAt, DateTimeOffset? EndedAt);

    /// <param name="Parent">The checkpoint that it was trained on from; null for the base model.</param>
    /// <param name="WeightsHash">SHA-256 of its weights.</param>
    public sealed record Checkpoint(long Id, long Epoch, long? Parent, AdapterKind Kind, string WeightsHash, DateTimeOffset CreatedAt,
        DateTimeOffset? RolledBackAt);

    /// <param name="Progress">Done so far, 0 to 1.</param>
    public sealed record Job(long Id, JobKind Kind, JobState State, long? Epoch, double Progress, string Message, string? Error,
        DateTimeOffset CreatedAt, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt);

    public static async Task<Ok<Page<Epoch>>> List(
        long project, LabelerDb db, CancellationToken cancel, long? after = null, int? limit = null)
    {
        var asked = new PageAsked(after, limit);
        var rows = db.Epochs.Where(e => e.ProjectId == project && e.Id > asked.From).OrderBy(e => e.Id);
        return TypedResults.Ok(await asked.Of(rows.Select(e => new Epoch(
            e.Id, e.Number, e.State, e.GroupsWanted, e.Signal, e.CheckpointId, e.Error, e.CreatedAt, e.EndedAt)), e => e.Id, cancel));
    }

    public static async Task<Ok<Page<Checkpoint>>> Checkpoints(
        long project, LabelerDb db, CancellationToken cancel, long? after = null, int? limit = null)
    {
        var asked = new PageAsked(after, limit);
        var rows = db.Checkpoints.Where(c => c.ProjectId == project && c.Id > asked.From).OrderBy(c => c.Id);
        return TypedResults.Ok(await asked.Of(rows.Select(c =>
            new Checkpoint(c.Id, c.EpochId, c.ParentId, c.Kind, c.WeightsHash, c.CreatedAt, c.RolledBackAt)), c => c.Id, cancel));
    }

    public static async Task<Ok<Page<Job>>> Jobs(
        long project, LabelerDb db, CancellationToken cancel, long? after = null, int? limit = null)
    {
        var asked = new PageAsked(after, limit);
        var rows = db.WholeJobs.Where(j => j.ProjectId == project && j.Id > asked.From).OrderBy(j => j.Id);
        return TypedResults.Ok(await asked.Of(rows.Select(j => new Job(
            j.Id, j.Kind, j.State, j.EpochId, j.Progress, j.Message, j.Error, j.CreatedAt, j.StartedAt, j.EndedAt)), j => j.Id, cancel));
    }

    public static async Task<Created<Epoch>> Start(long project, EpochCycle cycle, LabelerDb db, CancellationToken cancel)
    {
        var checkpoint = await db.Epochs.Where(e => e.ProjectId == project && e.State == EpochState.Complete)
            .OrderByDescending(e => e.Number).Select(e => e.CheckpointId).FirstOrDefaultAsync(cancel);
        var epoch = await cycle.Start(project, checkpoint);
        return TypedResults.Created($"{ApiAddresses.Prefix}/projects/{project}/epochs", new Epoch(epoch.Id, epoch.Number, epoch.State,
            epoch.GroupsWanted, epoch.Signal, epoch.CheckpointId, epoch.Error, epoch.CreatedAt, epoch.EndedAt));
    }
}
