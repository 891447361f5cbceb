using Microsoft.AspNetCore.Mvc;

namespace Labeler.Web.Features.Rewards;

public static class RewardEndpoints
{
    public static IEndpointRouteBuilder MapRewards(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/compare/rewards/{id:long}/weights", async (long id, LabelerDb db, FileStore store) =>
            await db.LearnedRewards.AsNoTracking().FirstOrDefaultAsync(r => r.Id == id) is { } reward
                && !(await Staleness.Read(db, store, reward)).IsStale
                ? Results.File(await store.OpenRead(reward.WeightsHash), "application/octet-stream", $"reward-{id}.safetensors")
                : Results.NotFound())
            .RequireAuthorization(Role.Lead);
        routes.MapGet("/compare/rewards/{id:long}/learning.csv", async (long id, HttpContext context, LabelerDb db, FileStore store) =>
            (await RewardLine.All(db, context.User.Viewer(), store))
                .FirstOrDefault(line => line.Reward.Id == id) is { Figures: not null } line
                ? LearningTable.Of(line).ToDownload($"reward-{id}-learning.csv")
                : Results.NotFound())
            .RequireAuthorization(Role.Lead);
        var posts = routes.MapPosts("/compare/rewards", Role.Admin);
        posts.MapPost("/learn", async ([FromForm] long? project, [FromForm] string? tower, HttpContext context, RewardWorkflow learning) =>
        {
            await learning.Queue(project ?? throw new LabelerException("Choose a project first."), tower);
            return Back(context, Texts.Say($"A reward is being learned; its accuracy will stand here."));
        });
        posts.MapPost("/{id:long}/accept",
            async (long id, [FromForm] int right, [FromForm] int heldOut, HttpContext context, LabelerDb db, RewardWorkflow learning) =>
        {
            var by = await db.Users.Where(a => a.Id == context.User.AccountId()).Select(a => a.DisplayName).FirstAsync();
            await learning.Accept(id, right, heldOut, by);
            return Back(context, Texts.Say($"Accepted: epochs can be trained on it."));
        });
        posts.MapPost("/{id:long}/train", async (long id, [FromForm] long epoch, HttpContext context, RewardWorkflow learning) =>
        {
            await learning.Train(epoch, id);
            return Back(context, Texts.Say($"The epoch is being trained on the learned reward."));
        });
        posts.MapPost("/{id:long}/classic", async (long id, HttpContext context, LabelerDb db) =>
        {
            var project = await db.LearnedRewards.Where(r => r.Id == id && r.AcceptedAt != null)
                .Join(db.Projects.Where(p => p.DeletedAt == null), r => r.ProjectId, p => p.Id, (_, p) => p).FirstOrDefaultAsync()
                ?? throw new LabelerException("There is no such accepted reward model; load the page again.");
            project.Change(ClassicRlhf.Of(project.Settings));
            await db.SaveChangesAsync();
            return Back(context, Texts.Say($"{project.Name} learns by DDPO with a penalty of the divergence from the base model."));
        });
        posts.MapPost("/{id:long}/measure", async (long id, HttpContext context, RewardMeasurement measuring) =>
        {
            await measuring.Queue(id);
            return Back(context, Texts.Say($"It is being measured on the votes that came since."));
        });
        posts.MapPost("/jobs/{job:long}/stop", (long job, HttpContext context, LabelerDb db, TimeProvider time) =>
            Change(job, context, db, j => j.Cancel(time.GetUtcNow()), Texts.Say($"It stops.")));
        posts.MapPost("/jobs/{job:long}/retry",
            (long job, HttpContext context, LabelerDb db) => Change(job, context, db, j => j.Retry(), Texts.Say($"It is tried again.")));
        return routes;
    }

    private static async Task<IResult> Change(long id, HttpContext context, LabelerDb db, Action<Job> verb, string done)
    {
        verb(await db.Jobs.FirstOrDefaultAsync(j => j.Id == id && j.Kind == JobKind.RewardModel)
            ?? throw new LabelerException("There is no such job; load the page again."));
        await db.SaveChangesAsync();
        return Back(context, done);
    }

    private static IResult Back(HttpContext context, string done) => context.Done(done, "/compare/rewards");
}
