using Microsoft.AspNetCore.Mvc;

namespace Labeler.Web.Features.InstalledRewards;

public static class InstalledRewardEndpoints
{
    public static IEndpointRouteBuilder MapInstalledRewards(this IEndpointRouteBuilder routes)
    {
        var posts = routes.MapPosts("/system/rewards", Role.Admin);
        posts.MapPost("/{id:long}/try",
            async (long id, [FromForm] long? project, HttpContext context, LabelerDb db, ScoringWorkflow scoring) =>
        {
            await Find(db, id);
            await scoring.Try(id, project ?? throw new LabelerException("Choose a project first."));
            return Back(context, id, Texts.Say($"It is being tried; its answers will stand here."));
        });
        posts.MapPost("/{id:long}/use", (long id, HttpContext context, LabelerDb db, TimeProvider time) => Change(id, context, db,
            async reward => reward.TakeIntoUse(await db.ImageScores.CountAsync(s => s.RewardId == id && s.Value != null), time.GetUtcNow()),
            Texts.Say($"It is in use: projects can name it.")));
        posts.MapPost("/{id:long}/retire", async (long id, HttpContext context, LabelerDb db, TimeProvider time) =>
        {
            LabelerException.ThrowIf(
                await db.RewardRuns.AnyAsync(run => run.RewardId == id && run.EndedAt == null),
                Texts.Say($"A project is training on it: stop that run first."));
            return await Change(id, context, db, reward => Done(() => reward.Retire(time.GetUtcNow())), Texts.Say($"It is retired."));
        });
        posts.MapPost("/{id:long}/key", (long id, [FromForm] string? key, HttpContext context, LabelerDb db, RewardKeys keys) =>
            Change(id, context, db, reward => Done(() => reward.ReplaceKey(keys.Protect(key))), Texts.Say($"The key is replaced.")));
        posts.MapPost("/{id:long}/discard", async (long id, HttpContext context, LabelerDb db) =>
        {
            var reward = await Find(db, id);
            LabelerException.ThrowIf(reward.InUseSince is not null, "It has been in use, so its scores mean something: retire it instead.");
            db.Rewards.Remove(reward);
            await db.SaveChangesAsync();
            return context.Done(Texts.Say($"The draft {reward.Name} is discarded."), "/system/rewards");
        });
        return routes;
    }

    private static async Task<IResult> Change(long id, HttpContext context, LabelerDb db, Func<Reward, Task> verb, string done)
    {
        await verb(await Find(db, id));
        await db.SaveChangesAsync();
        return Back(context, id, done);
    }

    private static async Task<Reward> Find(LabelerDb db, long id) => await db.Rewards.FirstOrDefaultAsync(reward => reward.Id == id)
        ?? throw new LabelerException("There is no such reward; load the page again.");

    private static Task Done(Action verb)
    {
        verb();
        return Task.CompletedTask;
    }

    private static IResult Back(HttpContext context, long id, string done) => context.Done(done, $"/system/rewards/{id}");
}
