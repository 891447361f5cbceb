using Microsoft.AspNetCore.Mvc;

namespace Labeler.Web.Features.RewardRuns;

public static class RewardRunEndpoints
{
    public static IEndpointRouteBuilder MapRewardRuns(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/p/{slug}/rewards/{name}.csv", Download).RequireAuthorization(Role.Lead);
        var posts = routes.MapPosts("/reward-runs", Role.Admin);
        posts.MapPost("/projects/{id:long}/start", Start);
        posts.MapPost("/projects/{id:long}/measure", Measure);
        posts.MapPost("/projects/{id:long}/best", KeepBest);
        posts.MapPost("/{id:long}/stop", async (long id, HttpContext context, LabelerDb db, RewardTraining training) =>
        {
            await training.Stop(id, await By(context, db));
            return await Back(context, db, await db.RewardRuns.Where(r => r.Id == id).Select(r => r.ProjectId).FirstAsync(),
                Texts.Say($"The run is stopped."));
        });
        return routes;
    }

    private static async Task<IResult> Start(long id, [FromForm] long? reward, HttpContext context, LabelerDb db, RewardTraining training)
    {
        var faults = new List<string>();
        var options = SettingField.Fill(RunFields.All, new RewardRunOptions(), await context.Request.ReadFormAsync(), faults);
        LabelerException.ThrowIf(faults.Count > 0, string.Join(" ", faults));
        await training.Start(id, reward ?? throw new LabelerException("Choose a reward first."), options, await By(context, db));
        return await Back(context, db, id, Texts.Say($"The run has begun."));
    }

    private static async Task<IResult> Measure(long id, HttpContext context, LabelerDb db)
    {
        var posted = (await context.Request.ReadFormAsync())["reward"];
        var chosen = posted.Select(text => long.TryParse(text, out var reward) ? reward : 0).Distinct().ToList();
        LabelerException.ThrowIf(
            await db.Rewards.CountAsync(r => chosen.Contains(r.Id) && r.InUseSince != null) < chosen.Count,
                Texts.Say($"Choose rewards that are in use."));
        return await Change(id, context, db, settings => settings with { MeasuredRewards = chosen },
            chosen.Count == 0 ? Texts.Say($"Nothing is measured.")
                : Texts.Say($"Every epoch's evaluation pictures are scored from now on, and those that there are."));
    }

    private static async Task<IResult> KeepBest(long id, [FromForm] string? of, [FromForm] string? reward, HttpContext context,
        LabelerDb db)
    {
        LabelerException.ThrowIf(
            !int.TryParse(of, out var number) || number is < 1 or > ProjectSettings.MostSampledForOne,
            Texts.Say($"Write how many are sampled for one that is kept: 1 to {ProjectSettings.MostSampledForOne}."));
        long? chosen = long.TryParse(reward, out var parsed) ? parsed : null;
        LabelerException.ThrowIf(number > 1 && chosen is null, "Choose the reward that decides which are kept.");
        LabelerException.ThrowIf(
            chosen is not null
                && !await db.Rewards.AnyAsync(r => r.Id == chosen && r.InUseSince != null), Texts.Say($"Choose a reward that is in use."));
        return await Change(id, context, db, settings => settings with { BestOf = number, BestOfReward = chosen },
            number == 1 ? Texts.Say($"Every sampled picture is kept.")
                : Texts.Say($"The best of {number} are kept from the next epoch on."));
    }

    private static async Task<IResult> Change(long id, HttpContext context, LabelerDb db, Func<ProjectSettings, ProjectSettings> to,
        string done)
    {
        var project = await db.Projects.FirstOrDefaultAsync(p => p.Id == id && p.DeletedAt == null)
            ?? throw new LabelerException("There is no such project; load the page again.");
        project.Change(to(project.Settings));
        await db.SaveChangesAsync();
        return await Back(context, db, id, done);
    }

    private static async Task<IResult> Download(string slug, string name, LabelerDb db)
    {
        if (await db.ProjectAt(slug).FirstOrDefaultAsync() is not { } project)
        {
            return Results.NotFound();
        }
        if (name == "together")
        {
            return RewardFigures.Table(await RewardFigures.Together(db, project)).ToDownload($"{slug}-pictures.csv");
        }
        var curve = (await RewardCurves.Read(db, project)).FirstOrDefault(one => $"{one.Reward.Id}" == name);
        return curve is null ? Results.NotFound() : RewardFigures.Table(curve).ToDownload($"{slug}-reward-{name}.csv");
    }

    private static Task<string> By(HttpContext context, LabelerDb db) =>
        db.Users.Where(a => a.Id == context.User.AccountId()).Select(a => a.DisplayName).FirstAsync();

    private static async Task<IResult> Back(HttpContext context, LabelerDb db, long project, string done) => context.Done(done,
        $"/p/{await db.Projects.Where(p => p.Id == project).Select(p => p.Slug).FirstAsync()}/rewards");
}
