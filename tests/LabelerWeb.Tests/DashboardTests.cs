using System.Net;
using Labeler.Shared.Accounts;
using Labeler.Shared.Projects;
using Labeler.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Web.Tests;

/// <summary>What a project's first page says before a script has come.</summary>
public sealed class DashboardTests(WebHost host) : IClassFixture<WebHost>
{
    [Fact]
    public async Task The_next_step_follows_the_epoch_from_its_sampling_to_what_is_to_be_learned()
    {
        await using var seeded = await SeededProject.Create(host.Data, "Stepwise", LabelingTask.FlagBatch, groups: 3, new() { SignalBudget = 12 }, finish: false);
        using var lead = await AnnotatorClient.Open(host, "Leader of Stepwise", Role.Lead);
        Assert.Contains("Epoch 1 is being sampled.", await Page(lead, "stepwise"));

        for (var group = 0; group < 3; group++)
        {
            await seeded.AddGroup(group);
        }
        await seeded.Finish();
        Assert.Contains("3 of 3 items are still to be judged.", await Page(lead, "stepwise"));

        var items = await lead.Items(seeded.Project.Id, take: 3);
        await Vote(lead, seeded, items[0]);
        Assert.Contains("2 of 3 items are still to be judged.", await Page(lead, "stepwise"));
        await Vote(lead, seeded, items[1]);
        var ready = await Page(lead, "stepwise");
        Assert.Contains("There is enough to learn from: 12 of 12. Train epoch 1.", ready);
        Assert.Contains("An admin does that.", ready);

        await using (var db = await seeded.Open())
        {
            await db.Epochs.Where(epoch => epoch.ProjectId == seeded.Project.Id).ExecuteUpdateAsync(set => set.SetProperty(epoch => epoch.State, Labeler.Shared.Epochs.EpochState.Failed));
        }
        using var admin = await host.SignedIn("Admin of Stepwise", Role.Admin);
        var failed = WebUtility.HtmlDecode(await admin.GetStringAsync("/p/stepwise"));
        Assert.Contains("Epoch 1 failed.", failed);
        Assert.Contains("class=\"button\" href=\"p/stepwise/epochs\"", failed);
    }

    [Fact]
    public async Task An_address_shows_the_votes_of_one_person_or_of_some_days_alone_and_its_files_hold_the_same()
    {
        await using var seeded = await SeededProject.Create(host.Data, "Filtered", LabelingTask.FlagBatch, groups: 4);
        using var one = await AnnotatorClient.Open(host, "Una of Filtered", Role.Lead);
        using var other = await AnnotatorClient.Open(host, "Otto of Filtered");
        await Vote(one, seeded, (await one.Items(seeded.Project.Id, take: 1))[0]);
        foreach (var item in await other.Items(seeded.Project.Id, take: 2))
        {
            await Vote(other, seeded, item);
        }
        await using (var db = await seeded.Open())
        {
            await db.Votes.Where(vote => vote.ProjectId == seeded.Project.Id && vote.AnnotatorId == one.Account)
                .ExecuteUpdateAsync(set => set.SetProperty(vote => vote.At, new DateTimeOffset(2025, 3, 9, 23, 59, 0, TimeSpan.Zero)));
        }

        Assert.Equal("21", await Images(one, ""));
        Assert.Equal("14", await Images(one, $"?who={other.Account}"));
        Assert.Equal("7", await Images(one, "?from=2025-03-09&until=2025-03-09"));
        Assert.Equal("14", await Images(one, "?from=2025-03-10"));
        Assert.Equal("21", await Images(one, "?from=yesterday&who=nobody"));

        var page = await Page(one, $"filtered?who={other.Account}");
        Assert.Contains($"<option value=\"{other.Account}\" selected>Otto of Filtered</option>", page);
        Assert.Contains($"dashboard/filtered/rates.csv?from=&until=&who={other.Account}", page);
        Assert.Contains("Figures of a part of the votes.", page);
        Assert.DoesNotContain("Votes per hour", page);
        Assert.Contains("Votes per hour", await Page(one, "filtered"));
        Assert.Contains("None of them counts.", await Page(one, "filtered?until=2024-01-01"));
        Assert.Contains("href=\"p/filtered/gallery?epoch=1\"", page);
    }

    [Fact]
    public async Task Two_projects_stand_in_one_chart_with_a_word_on_whether_they_differ_by_more_than_chance()
    {
        var settings = new ProjectSettings { GoalPercent = 90 };
        await using var good = await SeededProject.Create(host.Data, "Good faces", LabelingTask.FlagBatch, groups: 8, settings);
        await using var bad = await SeededProject.Create(host.Data, "Bad faces", LabelingTask.FlagBatch, groups: 8);
        await using var pairs = await SeededProject.Create(host.Data, "Paired faces", LabelingTask.PreferPair, groups: 1);
        using var lead = await AnnotatorClient.Open(host, "Leader of faces", Role.Lead);
        foreach (var (project, flagged) in new[] { (good, new[] { 1 }), (bad, [1, 2, 3, 4, 5]) })
        {
            foreach (var (item, n) in (await lead.Items(project.Project.Id, take: 8)).Select((item, n) => (item, n)))
            {
                await lead.Send(AnnotatorClient.Flag(project.Project.Id, item, Guid.NewGuid(), n % 2 == 0 ? flagged : [.. flagged, 6]));
            }
        }
        var alone = await Page(lead, "good-faces");
        Assert.Contains("""<option value="bad-faces">Bad faces</option>""", alone);
        Assert.DoesNotContain("paired-faces", alone);
        Assert.Contains("goal 90 %", alone);
        Assert.DoesNotContain("Normal pictures of both", alone);

        var page = await Page(lead, "good-faces?with=bad-faces");
        Assert.Contains("""<option value="bad-faces" selected>Bad faces</option>""", page);
        Assert.Contains("Good faces after 0 labeled pictures: 78.6 %", page);
        Assert.Contains("The difference of 57.1 % lies between", page);
        Assert.Contains("it is more than chance.", page);
        Assert.Contains("dashboard/good-faces/beside-normal.csv?with=bad-faces", page);
        var lines = (await lead.Http.GetStringAsync("/dashboard/good-faces/beside-normal.csv?with=bad-faces")).Trim().Split('\n');
        Assert.Equal(["Good faces", "Bad faces"], lines.Skip(1).Select(line => line.Split(',')[0]));
        Assert.DoesNotContain("of both", await Page(lead, "good-faces?with=paired-faces"));
        Assert.DoesNotContain("of both", await Page(lead, "good-faces?with=nothing-of-the-kind"));
        Assert.DoesNotContain("of both", await Page(lead, "good-faces?with=good-faces"));
    }

    private static async Task<string> Images(AnnotatorClient lead, string query) =>
        (await lead.Http.GetStringAsync($"/dashboard/filtered/rates.csv{query}")).Split('\n')[1].Split(',')[1];

    private static async Task<string> Page(AnnotatorClient lead, string address) => WebUtility.HtmlDecode(await lead.Http.GetStringAsync($"/p/{address}"));

    private static Task Vote(AnnotatorClient voter, SeededProject seeded, long item) => voter.Send(AnnotatorClient.Flag(seeded.Project.Id, item, Guid.NewGuid(), 1));
}
