using System.Globalization;
using Labeler.Shared.Exports;
using Microsoft.AspNetCore.Mvc;

namespace Labeler.Web.Features.Epochs;

public static class EpochEndpoints
{
    private const int FormOverhead = 64 * 1024;
    private const string Old = "The page is too old: load it again.";

    public static IEndpointRouteBuilder MapEpochs(this IEndpointRouteBuilder routes)
    {
        var posts = routes.MapPosts("/epochs", Role.Admin);
        posts.MapPost("/projects/{id:long}/start", Start);
        posts.MapPost("/projects/{id:long}/rollback", RollBack);
        posts.MapPost("/{id:long}/train", Train);
        posts.MapPost("/{id:long}/labels", TakeLabels)
            .WithMetadata(new RequestSizeLimitAttribute(D3poLabelImport.LargestFile + FormOverhead));
        posts.MapPost("/{id:long}/cancel",
            async (long id, [FromForm] EpochState? seen, HttpContext context, EpochCycle cycle, LabelerDb db) =>
        {
            await cycle.Cancel(id, seen ?? throw new LabelerException(Old));
            return await Back(context, db, id, Texts.Say($"Stopped. Every vote is still there."));
        });
        posts.MapPost("/{id:long}/retry", async (long id, HttpContext context, EpochCycle cycle, LabelerDb db) =>
        {
            await cycle.Retry(id);
            return await Back(context, db, id, Texts.Say($"It goes on where it stopped."));
        });
        routes.MapEpochFiles();
        return routes;
    }

    private static async Task<IResult> Start(long id, HttpContext context, EpochCycle cycle, LabelerDb db)
    {
        var checkpoint = await db.Epochs.Where(epoch => epoch.ProjectId == id && epoch.State == EpochState.Complete)
            .OrderByDescending(epoch => epoch.Number)
            .Select(epoch => epoch.CheckpointId).FirstOrDefaultAsync();
        var epoch = await cycle.Start(id, checkpoint);
        return await Back(context, db, epoch.Id, Texts.Say($"Epoch {epoch.Number} is being sampled."));
    }

    /// <param name="checkpoint">Empty or left out for the base model.</param>
    private static async Task<IResult> RollBack(long id, [FromForm] string? checkpoint, [FromForm] long? newest, HttpContext context,
        EpochCycle cycle, LabelerDb db)
    {
        long? model = string.IsNullOrEmpty(checkpoint) ? null
            : long.TryParse(checkpoint, NumberStyles.None, CultureInfo.InvariantCulture, out var one) ? one
            : throw new LabelerException(Old);
        var epoch = await cycle.RollBack(id, model, newest ?? throw new LabelerException(Old));
        return await Back(context, db, epoch.Id, Texts.Say($"Rolled back. Epoch {epoch.Number} is being sampled from there."));
    }

    private static async Task<IResult> Train(long id, [FromForm] string hash, HttpContext context, EpochCycle cycle, LabelerDb db)
    {
        await cycle.Train(id, hash);
        return await Back(context, db, id, Texts.Say($"The votes are frozen and training is queued."));
    }

    private static async Task<IResult> TakeLabels(long id, IFormFile? file, HttpContext context, IDbContextFactory<LabelerDb> contexts,
        LabelerDb db, TimeProvider time)
    {
        if (file is null || file.Length == 0)
        {
            throw new LabelerException("Choose a label file first.");
        }
        await using var content = file.OpenReadStream();
        var added = await D3poLabelImport.Read(contexts, id, Path.GetFileName(file.FileName), content, time.GetUtcNow(),
            context.RequestAborted);
        return await Back(context, db, id,
            added == 0 ? Texts.Say($"{file.FileName} holds nothing new.") : Texts.Say($"{added} votes of {file.FileName} are taken in."));
    }

    private static async Task<IResult> Back(HttpContext context, LabelerDb db, long epochId, string done)
    {
        var slug = await db.Epochs.Where(epoch => epoch.Id == epochId)
            .Join(db.Projects, epoch => epoch.ProjectId, project => project.Id, (_, project) => project.Slug).FirstOrDefaultAsync()
            ?? throw new LabelerException("There is no such epoch.");
        return context.Done(done, $"/p/{slug}/epochs");
    }
}
