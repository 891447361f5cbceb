using System.Net;
using Labeler.Shared.Accounts;
using Labeler.Shared.Comparisons;
using Labeler.Shared.Projects;
using Labeler.Shared.Voting;
using Labeler.Tests.Support;
using Xunit;

namespace Labeler.Web.Tests;

public sealed class ComparisonTests(WebHost host) : IClassFixture<WebHost>
{
    private const string Run = ReproducedRun.RewardHeader + "\nd3po,0,0,0,1,1,0.2,1,1\nd3po,0,1,56,3,2,0.2,1,1\nd3po,0,2,112,4,1.5,0.2,1,1\n";

    [Fact]
    public async Task A_lead_compares_projects_and_takes_the_numbers_along()
    {
        await using var first = await Judged("Hands one");
        await using var second = await Judged("Hands two");
        using var lead = await host.SignedIn("Lea", Role.Lead);
        var query = $"?run={first.Project.Slug}&run={second.Project.Slug}&as.{first.Project.Slug}=tries&as.{second.Project.Slug}=tries";

        var page = await lead.GetStringAsync("/compare" + query);
        Assert.Contains("tries (mean of 2 runs)", page, StringComparison.Ordinal);
        Assert.Contains("class=\"band\"", page, StringComparison.Ordinal);
        var apart = await lead.GetStringAsync($"/compare?run={first.Project.Slug}&run={second.Project.Slug}");
        Assert.DoesNotContain("class=\"band\"", apart, StringComparison.Ordinal);
        Assert.Equal(2, apart.Split("<polyline").Length - 1);

        var csv = (await lead.GetStringAsync("/compare/curves.csv" + query)).Split("\r\n");
        Assert.Equal("run,epoch,labelled pictures,value,low,high,runs", csv[0]);
        Assert.StartsWith("tries,0,0,0.857", csv[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_result_of_the_engine_is_shown_with_where_it_is_over_optimised_and_removed_again()
    {
        using var lead = await host.SignedIn("Leo", Role.Lead);
        Assert.Equal("The run mirror-reward is added.", await Upload(lead, "results.csv", Run, "Mirror <reward>"));
        var page = WebUtility.HtmlDecode(await lead.GetStringAsync("/compare"));
        Assert.Contains("d3po from 56 pictures on.", page, StringComparison.Ordinal);
        Assert.Contains("d3po,112,4,4,4,1.5,1.5,1.5,1", await lead.GetStringAsync("/compare/runs/mirror-reward.csv"), StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.Found, (await lead.Post("/compare", "/compare/runs/mirror-reward/remove")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await lead.GetAsync("/compare/runs/mirror-reward.csv")).StatusCode);
    }

    [Fact]
    public async Task Another_file_is_refused_with_one_line()
    {
        using var lead = await host.SignedIn("Lou", Role.Lead);
        Assert.Contains("its first line is another", await Upload(lead, "x.csv", "name,votes\nAda,3\n", ""), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await lead.GetAsync("/compare/runs/x.csv")).StatusCode);
    }

    /// <summary>Sends a file as the page does; what the page says afterwards.</summary>
    private static async Task<string> Upload(HttpClient browser, string file, string text, string name)
    {
        using var form = new MultipartFormDataContent
        {
            { new StringContent(await browser.FormToken("/compare")), "__RequestVerificationToken" },
            { new StringContent(name), "name" },
            { new StringContent(text), "file", file },
        };
        using var answer = await browser.PostAsync("/compare/runs", form);
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        var page = WebUtility.HtmlDecode(await browser.GetStringAsync("/compare"));
        return System.Text.RegularExpressions.Regex.Match(page, "<div class=\"notice (?:good|bad)\"[^>]*>\\s*<div>\\s*(.*?)\\s*</div>", System.Text.RegularExpressions.RegexOptions.Singleline).Groups[1].Value.Trim();
    }

    private async Task<SeededProject> Judged(string name)
    {
        var seeded = await SeededProject.Create(host.Data, name, LabelingTask.FlagBatch, groups: 2);
        var who = (await host.Make($"{name}'s judge", Role.Annotator)).Id;
        foreach (var lease in (await seeded.Get<ItemQueue>().Take(seeded.Project.Id, who, 2, [])).Leases)
        {
            var verdict = new FlagVerdict([.. Enumerable.Range(0, 7).Select(n => new TileVerdict(n, n == 1 ? FlagKinds.Deformed : FlagKinds.None, true, true))]);
            await seeded.Get<BallotBox>().Cast(new Ballot(Guid.NewGuid(), lease.ItemId, who, verdict, 900, DateTimeOffset.UtcNow));
        }
        return seeded;
    }
}
