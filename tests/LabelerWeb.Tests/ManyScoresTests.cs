using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Shared.Samples;
using Labeler.Shared.Scoring;
using Labeler.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit.Abstractions;

namespace Labeler.Web.Tests;

/// <summary>What is asked every five seconds about the scores of evaluation pictures.</summary>
public sealed class ManyScoresTests(ITestOutputHelper output) : IDisposable
{
    private const int Groups = 14_300;
    private readonly string _folder = Directory.CreateTempSubdirectory("labeler-scores-").FullName;

    [MillionFact]
    public async Task Whether_a_hundred_thousand_evaluation_pictures_are_scored_is_known_in_under_fifty_milliseconds()
    {
        await using var seeded = await Seeded();
        await using var db = await seeded.Open();
        await db.Database.ExecuteSqlAsync($"""
            WITH RECURSIVE many(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < {Groups - 1})
            INSERT INTO "Groups" ("ProjectId", "EpochId", "Use", "Number", "PromptId", "Prompt", "Seed", "TrajectoryHash", "CreatedAt")
            SELECT "ProjectId", "EpochId", "Use", n, "PromptId", "Prompt", "Seed", "TrajectoryHash", "CreatedAt" FROM "Groups" JOIN many WHERE "Use" = {(int)GroupUse.Evaluation}
            """);
        await db.Database.ExecuteSqlAsync($"""
            INSERT INTO "Images" ("GroupId", "Index", "ContentHash", "Width", "Height", "Seed")
            SELECT g."Id", i."Index", i."ContentHash", i."Width", i."Height", i."Seed" FROM "Groups" g JOIN "Images" i ON i."GroupId" = (SELECT MIN("Id") FROM "Groups")
            WHERE NOT EXISTS (SELECT 1 FROM "Images" own WHERE own."GroupId" = g."Id")
            """);
        await db.Database.ExecuteSqlAsync($"""INSERT INTO "ImageScores" ("ImageId", "RewardId", "Value") SELECT "Id", {await Reward(db)}, 0.5 FROM "Images" """);
        Assert.Equal(7 * (Groups + 1), await db.ImageScores.CountAsync());

        var scoring = seeded.Get<EvaluationScoring>();
        Assert.True(await output.Took("looked for what is not scored", async () =>
        {
            await scoring.QueueDue();
            return true;
        }) < 50);
        Assert.Equal(0, await db.Jobs.CountAsync(job => job.Kind == JobKind.Score));
    }

    [Fact]
    public async Task What_is_scored_or_has_failed_is_not_queued_again_and_a_further_reward_is()
    {
        await using var seeded = await Seeded();
        await using var db = await seeded.Open();
        var scoring = seeded.Get<EvaluationScoring>();
        await scoring.QueueDue();
        await scoring.QueueDue();
        Assert.Equal(1, await db.Jobs.CountAsync(one => one.Kind == JobKind.Score));
        await seeded.Get<JobQueue>().Fail((await seeded.Get<JobQueue>().Claim("scorer", [JobKind.Score]))!, "no answer");
        await scoring.QueueDue();
        Assert.Equal(1, await db.Jobs.CountAsync(one => one.Kind == JobKind.Score));

        // Somebody else's reward has scored nothing yet.
        var second = new Reward("Second", RewardKind.Endpoint, new() { Address = "http://127.0.0.1:9/score" }, null, "a test", DateTimeOffset.UtcNow);
        second.TakeIntoUse(1, DateTimeOffset.UtcNow);
        db.Add(second);
        await db.SaveChangesAsync();
        await Measure(db, seeded.Project, await Reward(db), second.Id);
        await scoring.QueueDue();
        Assert.Equal([await Reward(db), second.Id], (await db.Jobs.AsNoTracking().Where(one => one.Kind == JobKind.Score).OrderBy(one => one.Id).ToListAsync()).Select(one => one.Read<ScoreOrder>().Reward));
    }

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    // One group of evaluation pictures, and a reward in use that its project names.
    private async Task<SeededProject> Seeded()
    {
        var seeded = await SeededProject.Create(_folder, "Measured", LabelingTask.FlagBatch, groups: 1, finish: false);
        await seeded.AddGroup(0, "1 hand", [.. Enumerable.Range(0, 7).Select(index => DrawnPicture.Draw(seeded.Project.Id, 0, index))], GroupUse.Evaluation);
        await seeded.AddGroup(1);
        await seeded.Finish();
        await using var db = await seeded.Open();
        var reward = new Reward("First", RewardKind.Endpoint, new() { Address = "http://127.0.0.1:9/score" }, null, "a test", DateTimeOffset.UtcNow);
        reward.TakeIntoUse(1, DateTimeOffset.UtcNow);
        db.Add(reward);
        await db.SaveChangesAsync();
        await Measure(db, seeded.Project, reward.Id);
        return seeded;
    }

    private static Task<long> Reward(Labeler.Shared.Data.LabelerDb db) => db.Rewards.OrderBy(reward => reward.Id).Select(reward => reward.Id).FirstAsync();

    private static async Task Measure(Labeler.Shared.Data.LabelerDb db, Project project, params long[] rewards)
    {
        var kept = await db.Projects.SingleAsync(one => one.Id == project.Id);
        kept.Change(kept.Settings with { MeasuredRewards = rewards });
        await db.SaveChangesAsync();
    }
}
