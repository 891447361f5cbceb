using System.Net;
using System.Text.RegularExpressions;
using Labeler.Shared.Accounts;
using Labeler.Shared.Comparisons;
using Labeler.Shared.Imaging;
using Labeler.Shared.Projects;
using Labeler.Shared.Samples;
using Labeler.Shared.Storage;
using Labeler.Shared.Voting;
using Labeler.Tests.Support;

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
        Assert.Equal("run,epoch,labeled pictures,n,mean,low,high", csv[0]);
        Assert.StartsWith("tries,0,0,2,0.857", csv[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_result_of_the_engine_is_shown_with_where_it_is_over_optimized_and_removed_again()
    {
        using var lead = await host.SignedIn("Leo", Role.Lead);
        Assert.Equal("The run mirror-reward is added.", await Upload(lead, "results.csv", Run, "Mirror <reward>"));
        var page = WebUtility.HtmlDecode(await lead.GetStringAsync("/compare"));
        Assert.Contains("d3po from 56 pictures on.", page, StringComparison.Ordinal);
        // The mark stands at the second of three measurements, on the dashed line of the held-out prompts.
        var dashed = Regex.Match(page, """<g [^>]*class="dashed[^>]*>(.*?)</g>""", RegexOptions.Singleline).Groups[1].Value;
        var points = Regex.Match(dashed, "<polyline points=\"([^\"]+)\"").Groups[1].Value.Split(' ');
        Assert.Equal(3, points.Length);
        var ring = Regex.Match(dashed, """<circle class="ring" cx="([^"]+)" cy="([^"]+)".*?<title>([^<]+)""", RegexOptions.Singleline);
        Assert.Equal(points[1], $"{ring.Groups[1].Value},{ring.Groups[2].Value}");
        Assert.Equal("Over-optimized from here on: d3po, held out, after 56: 2", ring.Groups[3].Value);
        Assert.Contains($"<line class=\"mark\" x1=\"{ring.Groups[1].Value}\"", dashed, StringComparison.Ordinal);
        Assert.Contains("d3po,112,1,4,4,4,1.5,1.5,1.5", await lead.GetStringAsync("/compare/runs/mirror-reward.csv"), StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.Found, (await lead.Post("/compare", "/compare/runs/mirror-reward/remove")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await lead.GetAsync("/compare/runs/mirror-reward.csv")).StatusCode);
    }

    [Fact]
    public async Task Samples_along_training_of_a_run_in_the_data_folder_are_shown_to_leads()
    {
        var there = Directory.CreateDirectory(Path.Combine(host.Data, "runs", "Small size")).FullName;
        await File.WriteAllTextAsync(Path.Combine(there, "results.csv"), Run);
        using var lead = await host.SignedIn("Lux", Role.Lead);
        const string Address = "/compare/runs/Small%20size/training.png";
        Assert.Equal(HttpStatusCode.NotFound, (await lead.GetAsync(Address)).StatusCode);
        var png = DrawnPicture.Draw(1, 1, 1).ToPng();
        await File.WriteAllBytesAsync(Path.Combine(there, RunFiles.SheetName), png);

        Assert.Contains("compare/runs/Small%20size/training.png", await lead.GetStringAsync("/compare/sheets?file=Small%20size"), StringComparison.Ordinal);
        Assert.Equal(png, await lead.GetByteArrayAsync(Address));
        Assert.Equal(HttpStatusCode.NotFound, (await lead.GetAsync("/compare/runs/..%2Fruns%2FSmall%20size/training.png")).StatusCode);
        using var annotator = await host.SignedIn("Abe", Role.Annotator);
        Assert.NotEqual(HttpStatusCode.OK, (await annotator.GetAsync(Address)).StatusCode);
        Directory.Delete(there, recursive: true);
    }

    [Fact]
    public async Task Files_of_the_engine_that_get_one_name_are_drawn_as_mean_and_spread_at_equal_numbers_of_images()
    {
        using var lead = await host.SignedIn("Liv", Role.Lead);
        const string Header = ReproducedRun.RewardHeader + "\n";
        await Upload(lead, "results.csv", Header + "d3po,0,0,0,1,,0,0,0\nd3po,0,1,56,3,,0,0,0\nddpo,0,0,0,1,,0,0,0\n", "first");
        await Upload(lead, "results.csv", Header + "d3po,1,0,0,1,,0,0,0\nd3po,1,1,112,9,,0,0,0\n", "second");
        await Upload(lead, "results.csv", Header + "d3po,2,0,0,4,,0,0,0\nd3po,2,1,56,5,,0,0,0\n", "third");

        var page = WebUtility.HtmlDecode(await lead.GetStringAsync("/compare?file=first&file=second&file-as.first=size&file-as.second=size&file=third"));
        Assert.Contains("size, d3po (mean of 2 runs)", page, StringComparison.Ordinal);
        var query = "?file=first&file=second&file=third&file-as.first=size&file-as.second=size&file-as.third=size";
        page = WebUtility.HtmlDecode(await lead.GetStringAsync("/compare" + query));
        Assert.Contains("size, d3po (mean of 3 runs)", page, StringComparison.Ordinal);
        var csv = (await lead.GetStringAsync("/compare/together/1.csv" + query)).Split("\r\n");
        Assert.Equal("algorithm,images,n,mean,low,high,held out mean,held out low,held out high", csv[0]);
        // The second run stands half way between 1 and 9 where the others have used 56 pictures: 3, 5 and 5.
        Assert.Equal(["\"size, d3po\"", "0", "3", "2"], Cells(csv[1]));
        Assert.Equal(["\"size, d3po\"", "56", "3", "4.333333333333333"], Cells(csv[2]));
        Assert.StartsWith("\"size, ddpo\",0,1,1,1,1,", csv[3], StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await lead.GetAsync("/compare/together/2.csv" + query)).StatusCode);

        // What the form of projects was asked for stays.
        Assert.Contains("""<input type="hidden" name="measure" value="Safe" />""", await lead.GetStringAsync("/compare" + query + "&measure=Safe"), StringComparison.Ordinal);
        foreach (var name in new[] { "first", "second", "third" })
        {
            await lead.Post("/compare", $"/compare/runs/{name}/remove");
        }

        static string[] Cells(string line) => [.. line.Replace("size, d3po", "size; d3po", StringComparison.Ordinal).Split(',').Take(4).Select(cell => cell.Replace("size; d3po", "size, d3po", StringComparison.Ordinal))];
    }

    [Fact]
    public async Task A_sheet_shows_each_prompt_and_noise_along_the_epochs_and_leaves_a_gap_where_an_epoch_has_none()
    {
        await using var seeded = await SeededProject.Create(host.Data, "Hands on sheets", LabelingTask.FlagBatch, groups: 1, finish: false);
        await seeded.AddGroup(0);
        var first = await Evaluated(seeded, 0, "1 hand", "an open hand");
        await Judge(seeded, "Sue of sheets");
        await seeded.Learn();
        var second = await Evaluated(seeded, 1, "1 hand", "a cat");

        using var lead = await host.SignedIn("Lia of sheets", Role.Lead);
        var page = WebUtility.HtmlDecode(await lead.GetStringAsync($"/compare/sheets?run={seeded.Project.Slug}"));
        var table = Regex.Match(page, """<table class="sheet.*?</table>""", RegexOptions.Singleline).Value;
        Assert.Equal(["epoch 1", "epoch 2", "prompt"], Regex.Matches(table, "<th scope=\"col\">([^<]*)").Select(head => head.Groups[1].Value));
        // "an open hand" and "a cat" have the same number and noise, but are other words: two rows.
        Assert.Equal(
            [$"{first[0]} {second[0]} 1 hand", $"{first[1]} - an open hand", $"- {second[1]} a cat"],
            Regex.Matches(table, "<tr>(.*?)</tr>", RegexOptions.Singleline).Skip(1).Select(row => string.Join(' ', Regex.Matches(row.Value, "<td[^>]*>(.*?)</td>", RegexOptions.Singleline)
                .Select(cell => cell.Groups[1].Value.Trim()).Select(cell => cell.Length == 0 ? "-" : Regex.Match(cell, "api/images/([0-9a-f]+)/original") is { Success: true } picture ? picture.Groups[1].Value : cell))));
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
        return Regex.Match(page, "<div class=\"notice (?:good|bad)\"[^>]*>\\s*<div>\\s*(.*?)\\s*</div>", RegexOptions.Singleline).Groups[1].Value.Trim();
    }

    /// <summary>Two evaluation pictures for the epoch being sampled, which ends with them; their hashes.</summary>
    private static async Task<string[]> Evaluated(SeededProject seeded, int epoch, params string[] prompts)
    {
        Picture[] pictures = [DrawnPicture.Draw(seeded.Project.Id, epoch, 0), DrawnPicture.Draw(seeded.Project.Id, epoch, 1)];
        for (var number = 0; number < prompts.Length; number++)
        {
            await seeded.AddGroup(number, prompts[number], [pictures[number]], GroupUse.Evaluation);
        }
        await seeded.Finish();
        return [.. pictures.Select(picture => ContentHash.Of(picture.ToPng()))];
    }

    private async Task<SeededProject> Judged(string name)
    {
        var seeded = await SeededProject.Create(host.Data, name, LabelingTask.FlagBatch, groups: 2);
        await Judge(seeded, $"{name}'s judge");
        return seeded;
    }

    private async Task Judge(SeededProject seeded, string name)
    {
        var who = (await host.Make(name, Role.Annotator)).Id;
        foreach (var lease in (await seeded.Get<ItemQueue>().Take(seeded.Project.Id, who, 2, [])).Leases)
        {
            var verdict = new FlagVerdict([.. Enumerable.Range(0, 7).Select(n => new TileVerdict(n, n == 1 ? FlagKinds.Deformed : FlagKinds.None, true, true))]);
            await seeded.Get<VoteRecorder>().Cast(new VoteSubmission(Guid.NewGuid(), lease.ItemId, who, verdict, 900, DateTimeOffset.UtcNow));
        }
    }
}
