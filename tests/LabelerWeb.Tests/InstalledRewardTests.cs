using System.Net;
using Labeler.Shared.Accounts;
using Labeler.Shared.Data;
using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Shared.RewardRuns;
using Labeler.Shared.Samples;
using Labeler.Shared.Scoring;
using Labeler.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.Web.Tests;

/// <summary>Rewards of the installation, and projects that train on them.</summary>
public sealed class InstalledRewardTests(WebHost host) : IClassFixture<WebHost>
{
    private const string Secret = "sk-very-secret-123";

    [Fact]
    public async Task A_reward_is_set_up_tried_and_taken_into_use_and_its_key_is_never_shown_again()
    {
        await using var seeded = await SeededProject.Create(host.Data, "Tried pictures", LabelingTask.FlagBatch, groups: 2);
        using var admin = await host.SignedIn("Ada who sets up", Role.Admin);

        var answer = await admin.Submit("/system/rewards/new?kind=VisionLanguage", "reward", Fields("Judge of cats", Secret));
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        var reward = await Read(db => db.Rewards.SingleAsync(r => r.Name == "Judge of cats"));
        Assert.DoesNotContain(Secret, reward.ProtectedKey, StringComparison.Ordinal);
        Assert.Equal(Secret, host.Services.GetRequiredService<RewardKeys>().Open(reward.ProtectedKey));
        var page = await admin.GetStringAsync($"/system/rewards/{reward.Id}");
        Assert.Contains("kept encrypted", page, StringComparison.Ordinal);

        await Press(admin, reward, "use");
        Assert.Contains("Try it on some pictures first", await admin.GetStringAsync($"/system/rewards/{reward.Id}"), StringComparison.Ordinal);
        await Press(admin, reward, "try", ("project", $"{seeded.Project.Id}"));
        await Press(admin, reward, "try", ("project", $"{seeded.Project.Id}"));
        Assert.Contains("It is being tried already", await admin.GetStringAsync($"/system/rewards/{reward.Id}"), StringComparison.Ordinal);

        // As the worker does it.
        var job = (await seeded.Get<JobQueue>().Claim("scorer", [JobKind.Score]))!;
        var work = await seeded.Get<ScoringWorkflow>().Read(job);
        Assert.Equal((Secret, 2), (work.Key, work.Images.Count));
        await seeded.Get<ScoringWorkflow>().Keep(job, [(work.Images[0].Id, 7.25), (work.Images[1].Id, null)]);
        await seeded.Get<ScoringWorkflow>().Finish(job, null);
        page = await admin.GetStringAsync($"/system/rewards/{reward.Id}");
        Assert.Contains("<strong>7.25</strong>", page, StringComparison.Ordinal);
        Assert.Contains("<strong>no score</strong>", page, StringComparison.Ordinal);
        await Press(admin, reward, "use");
        Assert.Contains("in use", await admin.GetStringAsync("/system/rewards"), StringComparison.Ordinal);

        await Press(admin, reward, "discard");
        Assert.Contains("retire it instead", await admin.GetStringAsync($"/system/rewards/{reward.Id}"), StringComparison.Ordinal);
        foreach (var address in new[] { "/system/rewards", $"/system/rewards/{reward.Id}", $"/p/{seeded.Project.Slug}/rewards", "/system" })
        {
            Assert.DoesNotContain(Secret, await admin.GetStringAsync(address), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Endpoint", "Settings.Address", "ftp://host/", "The address begins with http:// or https://")]
    [InlineData("Endpoint", "Settings.Address", "https://me:word@host/", "without a user or a password in it")]
    [InlineData("Endpoint", "Settings.AtOnce", "many", "Pictures at once must be a whole number")]
    [InlineData("ScriptDetector", "Settings.ObjectClasses", "cat, dog", "is no class number")]
    [InlineData("ScriptScore", "Settings.File", "", "Name the TorchScript file.")]
    [InlineData("VisionLanguage", "Key", "two words", "A key is one word")]
    public async Task What_cannot_be_is_said_in_the_form_and_nothing_is_kept(string kind, string field, string value, string fault)
    {
        using var admin = await host.SignedIn($"Ada with {kind} {field} {value.Length}", Role.Admin);
        var fields = Fields("Never kept", "").Where(one => one.Name != field).Append((field, value)).ToArray();

        var answer = await admin.Submit($"/system/rewards/new?kind={kind}", "reward", fields);

        Assert.Contains(fault, WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync()), StringComparison.Ordinal);
        Assert.False(await Read(db => db.Rewards.AnyAsync(r => r.Name == "Never kept")));
    }

    [Fact]
    public async Task A_lead_sees_how_a_project_scores_and_an_admin_starts_and_stops_its_run()
    {
        var reward = await InUse("Small files");
        await using var seeded = await Scored("Scored pictures", reward, 0);
        using var admin = await host.SignedIn("Ada who trains", Role.Admin);
        using var lead = await host.SignedIn("Lin who looks", Role.Lead);
        var address = $"/p/{seeded.Project.Slug}/rewards";
        Assert.Contains("Nothing is scored yet", await lead.GetStringAsync(address), StringComparison.Ordinal);

        await admin.Post(address, $"/reward-runs/projects/{seeded.Project.Id}/measure", ("reward", $"{reward.Id}"));
        Assert.Contains("<h2>Small files</h2>", await lead.GetStringAsync(address), StringComparison.Ordinal);
        Assert.Contains("Small files,0,1,3,3,3,", await lead.GetStringAsync($"{address}/{reward.Id}.csv"), StringComparison.Ordinal);
        Assert.DoesNotContain("Start the run", await lead.GetStringAsync(address), StringComparison.Ordinal);

        await admin.Post(address, $"/reward-runs/projects/{seeded.Project.Id}/best", ("of", "4"), ("reward", ""));
        Assert.Contains("Choose the reward that decides", await admin.GetStringAsync(address), StringComparison.Ordinal);
        await admin.Post(address, $"/reward-runs/projects/{seeded.Project.Id}/best", ("of", "4"), ("reward", $"{reward.Id}"));
        Assert.Contains("The best of 4 by Small files.", await lead.GetStringAsync(address), StringComparison.Ordinal);

        (string, string)[] options = [("reward", $"{reward.Id}"), ("Run.Epochs", "3"), ("Run.RewardWeight", "1"), ("Run.VotesWeight", "0"), ("Run.Target", ""), ("Run.StopWhenOverOptimized", "on"), ("Run.LeastDiversity", "50"), ("Run.MostImages", "")];
        await admin.Post(address, $"/reward-runs/projects/{seeded.Project.Id}/start", options);
        Assert.Contains("epoch 1 of 3", await lead.GetStringAsync(address), StringComparison.Ordinal);
        await admin.Post(address, $"/reward-runs/projects/{seeded.Project.Id}/start", options);
        Assert.Equal(1, await Read(db => db.RewardRuns.CountAsync(r => r.ProjectId == seeded.Project.Id)));
        await Press(admin, reward, "retire");
        Assert.False(await Read(db => db.Rewards.AnyAsync(r => r.Id == reward.Id && r.RetiredAt != null)));

        // The next step: everything is scored before anything is learned.
        await seeded.Get<RewardTraining>().GoOn();
        await seeded.Get<RewardTraining>().GoOn();
        var job = await Read(db => db.Jobs.SingleAsync(j => j.ProjectId == seeded.Project.Id && j.Kind == JobKind.Score));
        Assert.Equal(new ScoreOrder(reward.Id, Taught: true), job.Read<ScoreOrder>());

        var run = await Read(db => db.RewardRuns.SingleAsync(r => r.ProjectId == seeded.Project.Id));
        await admin.Post(address, $"/reward-runs/{run.Id}/stop");
        Assert.Contains("Stopped by Ada who trains.", await lead.GetStringAsync(address), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Projects_that_one_reward_has_scored_are_drawn_in_one_picture_as_seeds_or_apart()
    {
        var reward = await InUse("Small files of them all");
        await using var first = await Scored("Scored once", reward, 0);
        await using var second = await Scored("Scored twice", reward, 2);
        using var admin = await host.SignedIn("Ada who compares", Role.Admin);
        var query = $"?run={first.Project.Slug}&run={second.Project.Slug}";
        Assert.DoesNotContain("<h2>Small files of them all</h2>", await admin.GetStringAsync("/compare" + query), StringComparison.Ordinal);
        foreach (var project in new[] { first.Project, second.Project })
        {
            await admin.Post($"/p/{project.Slug}/rewards", $"/reward-runs/projects/{project.Id}/measure", ("reward", $"{reward.Id}"));
        }

        Assert.Contains("<h2>Small files of them all</h2>", await admin.GetStringAsync("/compare" + query), StringComparison.Ordinal);
        var apart = await admin.GetStringAsync($"/compare/scored/{reward.Id}.csv" + query);
        Assert.Contains("Scored once,0,1,3,3,3,", apart, StringComparison.Ordinal);
        Assert.Contains("Scored twice,0,1,5,5,5,", apart, StringComparison.Ordinal);
        var seeds = await admin.GetStringAsync($"/compare/scored/{reward.Id}.csv{query}&as.{first.Project.Slug}=ddpo&as.{second.Project.Slug}=ddpo");
        Assert.Contains("ddpo,0,2,4,2.58", seeds, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await admin.GetAsync("/compare/scored/999999.csv" + query)).StatusCode);
    }

    [Fact]
    public async Task Held_out_prompts_that_no_evaluation_picture_reaches_are_told_with_how_many_would()
    {
        await using var seeded = await SeededProject.Create(host.Data, "Held out of reach", LabelingTask.FlagBatch, groups: 1);
        async Task<string> Page(int images)
        {
            await host.With<LabelerDb, int>(async db =>
            {
                var project = await db.Projects.Include(p => p.Prompts).SingleAsync(p => p.Id == seeded.Project.Id);
                project.UsePrompts(["1 hand", "2 hands"], ["3 hands", "4 hands"]);
                project.Change(project.Settings with { GroupSize = 7, EvaluationImages = images });
                return await db.SaveChangesAsync();
            });
            using var lead = await host.SignedIn($"Lin with {images}", Role.Lead);
            return await lead.GetStringAsync($"/p/{seeded.Project.Slug}/rewards");
        }
        Assert.Contains("0 of 2 held-out prompts are measured", await Page(14), StringComparison.Ordinal);
        var one = await Page(21);
        Assert.Contains("1 of 2 held-out prompts are measured", one, StringComparison.Ordinal);
        Assert.Contains("28 evaluation images would reach them all", one, StringComparison.Ordinal);
        Assert.DoesNotContain("would reach them all", await Page(28), StringComparison.Ordinal);
    }

    private async Task<Reward> InUse(string name)
    {
        var reward = new Reward(name, RewardKind.Compressibility, new(), null, "Ada", DateTimeOffset.UtcNow);
        reward.TakeIntoUse(1, DateTimeOffset.UtcNow);
        await host.With<LabelerDb, int>(async db =>
        {
            db.Rewards.Add(reward);
            return await db.SaveChangesAsync();
        });
        return reward;
    }

    // Seven evaluation pictures, whose scores are their numbers and more.
    private async Task<SeededProject> Scored(string name, Reward reward, double more)
    {
        var seeded = await SeededProject.Create(host.Data, name, LabelingTask.FlagBatch, groups: 1, finish: false);
        await seeded.AddGroup(0);
        await seeded.AddGroup(0, "1 hand", [.. Enumerable.Range(0, 7).Select(n => DrawnPicture.Draw(seeded.Project.Id, 0, n))], GroupUse.Evaluation);
        await seeded.Finish();
        await host.With<LabelerDb, int>(async db =>
        {
            var pictures = db.Images.Where(i => db.Groups.Any(g => g.Id == i.GroupId && g.ProjectId == seeded.Project.Id && g.Use == GroupUse.Evaluation));
            db.ImageScores.AddRange(await pictures.Select(i => new ImageScore(reward.Id, i.Id, i.Index + more)).ToListAsync());
            return await db.SaveChangesAsync();
        });
        return seeded;
    }

    private static (string Name, string Value)[] Fields(string name, string key) =>
    [
        ("Name", name), ("Key", key), ("Settings.Address", "https://host.invalid/v1"), ("Settings.Model", "eyes"), ("Settings.Question", "Is it {prompt}?"), ("Settings.Answer", "YesOrNo"),
        ("Settings.TimeoutSeconds", "5"), ("Settings.Attempts", "1"), ("Settings.AtOnce", "4"), ("Settings.File", "reward.pt"), ("Settings.MirrorClass", "0"), ("Settings.ObjectClasses", ""), ("Settings.MirrorScore", "0.35"),
        ("Settings.ObjectScore", "0.25"), ("Settings.InsideShare", "0.85"),
    ];

    private static async Task Press(HttpClient admin, Reward reward, string button, params (string Name, string Value)[] fields) =>
        Assert.Equal(HttpStatusCode.Found, (await admin.Post($"/system/rewards/{reward.Id}", $"/system/rewards/{reward.Id}/{button}", fields)).StatusCode);

    private Task<T> Read<T>(Func<LabelerDb, Task<T>> read) => host.With(read);
}
