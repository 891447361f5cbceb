using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Labeler.Shared.Accounts;
using Labeler.Shared.Data;
using Labeler.Shared.Jobs;
using Labeler.Shared.PreferenceSets;
using Labeler.Shared.Projects;
using Labeler.Shared.Storage;
using Labeler.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Web.Tests;

/// <summary>Preference sets by the page: made, downloaded in parts, deleted.</summary>
public sealed partial class SetTests(WebHost host) : IClassFixture<WebHost>
{
    [Fact]
    public async Task A_lead_has_a_file_made_and_downloads_it_in_parts()
    {
        await using var seeded = await Judged("Going out");
        using var lead = await host.SignedIn("Lea", Role.Lead);
        Assert.Contains("Preferences as a file", await lead.GetStringAsync("/p/going-out/data"));
        await lead.Post("/p/going-out/data", $"/sets/{seeded.Project.Id}/export", ("format", "pick-a-pic"));
        var job = await Over(seeded.Project.Id);
        Assert.Equal((JobState.Succeeded, null), (job.State, job.Error));

        var page = await lead.GetStringAsync("/p/going-out/data");
        var address = "/" + Download().Match(page).Groups[1].Value;
        using var whole = await lead.GetAsync(address);
        var content = await whole.Content.ReadAsByteArrayAsync();
        var hash = ContentHash.Of(content);
        Assert.Equal($"\"{hash}\"", whole.Headers.ETag!.Tag);
        Assert.Equal($"sha-256=:{Convert.ToBase64String(Convert.FromHexString(hash))}:", Assert.Single(whole.Headers.GetValues("Repr-Digest")));
        Assert.Equal("going-out-pick-a-pic.parquet", whole.Content.Headers.ContentDisposition!.FileName);
        Assert.Equal($"{hash}  going-out-pick-a-pic.parquet\n", await lead.GetStringAsync($"{address}/sha256"));

        // Broken off after 1,000 bytes, it goes on there; another file of the same address would be sent whole.
        using var rest = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { Range = new RangeHeaderValue(1000, null), IfRange = new(whole.Headers.ETag) } };
        using var part = await lead.SendAsync(rest);
        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        byte[] joined = [.. content[..1000], .. await part.Content.ReadAsByteArrayAsync()];
        Assert.Equal(hash, ContentHash.Of(joined));
        using var other = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { Range = new RangeHeaderValue(1000, null), IfRange = new(new EntityTagHeaderValue("\"older\"")) } };
        using var again = await lead.SendAsync(other);
        Assert.Equal((HttpStatusCode.OK, content.Length), (again.StatusCode, (int)again.Content.Headers.ContentLength!));

        await lead.Press("/p/going-out/data", "Delete");
        Assert.Equal(HttpStatusCode.NotFound, (await lead.GetAsync(address)).StatusCode);
        Assert.Empty(Directory.GetFiles(Path.Combine(host.Data, "exports"), $"{job.Id}.*"));
        Assert.Contains("deleted", await lead.GetStringAsync("/p/going-out/data"));
    }

    [Fact]
    public async Task What_cannot_be_made_says_why_and_can_be_tried_again()
    {
        await using var seeded = await host.Seed("Nothing yet", groups: 1);
        using var lead = await host.SignedIn("Lou", Role.Lead);
        await lead.Post("/p/nothing-yet/data", $"/sets/{seeded.Project.Id}/export", ("format", "tarball"));
        Assert.Contains("There is no format tarball", await lead.GetStringAsync("/p/nothing-yet/data"));
        await lead.Post("/p/nothing-yet/data", $"/sets/{seeded.Project.Id}/export", ("format", "pick-a-pic"));
        Assert.Equal(JobState.Failed, (await Over(seeded.Project.Id)).State);
        Assert.Contains("There is no preference yet", await lead.GetStringAsync("/p/nothing-yet/data"));
        using var client = await AnnotatorClient.Open(host, "Nora");
        await client.Send(AnnotatorClient.Flag(seeded.Project.Id, Assert.Single(await client.Items(seeded.Project.Id)), Guid.NewGuid(), 1));
        await lead.Press("/p/nothing-yet/data", "Try again");
        Assert.Equal(JobState.Succeeded, (await Over(seeded.Project.Id)).State);
    }

    [Fact]
    public async Task Another_project_s_file_is_not_found_by_this_one_s_address()
    {
        await using var seeded = await Judged("Own");
        await using var other = await host.Seed("Other", groups: 1);
        using var lead = await host.SignedIn("Lin", Role.Lead);
        await lead.Post("/p/own/data", $"/sets/{seeded.Project.Id}/export", ("format", "pick-a-pic"));
        var job = await Over(seeded.Project.Id);
        Assert.Equal(HttpStatusCode.OK, (await lead.GetAsync($"/sets/own/exports/{job.Id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await lead.GetAsync($"/sets/other/exports/{job.Id}")).StatusCode);
        await lead.Post("/p/own/data", $"/sets/{other.Project.Id}/exports/{job.Id}/delete");
        Assert.Equal(HttpStatusCode.OK, (await lead.GetAsync($"/sets/own/exports/{job.Id}")).StatusCode);
    }

    [Fact]
    public async Task A_set_is_uploaded_taken_in_and_labeled_further()
    {
        await using var seeded = await Judged("Source");
        using var admin = await host.SignedIn("Ann", Role.Admin);
        await admin.Post("/p/source/data", $"/sets/{seeded.Project.Id}/export", ("format", "image-folder"));
        var set = await admin.GetByteArrayAsync($"/sets/source/exports/{(await Over(seeded.Project.Id)).Id}");
        await using var target = await SeededProject.Create(host.Data, "Target", LabelingTask.PreferPair, groups: 1, new() { GroupSize = 2, Algorithm = "diffusion-dpo" });

        await Upload(admin, "target", target.Project.Id, "set.zip", set);
        Assert.Contains("The set is being taken in", await admin.GetStringAsync("/p/target/data"));
        Assert.Equal(JobState.Succeeded, (await Over(target.Project.Id)).State);
        Assert.Empty(Directory.GetFiles(Path.Combine(host.Data, "uploads")));
        Assert.Equal(12, await host.With<LabelerDb, int>(db => db.Votes.CountAsync(v => v.ProjectId == target.Project.Id)));
        await Upload(admin, "target", target.Project.Id, "set.zip", set);
        var again = await Over(target.Project.Id);
        Assert.Equal(12, again.Read<SetImportOrder>().Duplicates);
        Assert.Contains("the project has the same pair already", await TablesForPeople.Get(admin, $"/sets/target/left-out-{again.Id}.csv"));
    }

    [Theory]
    [InlineData("set.parquet", "no parquet at all", "", "truncated, damaged or no Parquet file")]
    [InlineData("set.zip", "no zip at all", "", "truncated or no zip")]
    [InlineData("set.tar", "whatever", "", "(.parquet, .zip, .jsonl)")]
    [InlineData("", "", "../..", "Only folders below")]
    [InlineData("", "", "missing.parquet", "There is no ")]
    [InlineData("", "", "", "Choose a file")]
    public async Task What_is_no_set_is_refused_at_once(string name, string content, string place, string reason)
    {
        var target = $"Refusing {Guid.NewGuid():N}";
        await using var seeded = await SeededProject.Create(host.Data, target, LabelingTask.PreferPair, groups: 1, new() { GroupSize = 2 });
        using var admin = await host.SignedIn(target, Role.Admin);
        await Upload(admin, seeded.Project.Slug, seeded.Project.Id, name, System.Text.Encoding.UTF8.GetBytes(content), place);
        Assert.Contains(reason, WebUtility.HtmlDecode(await admin.GetStringAsync($"/p/{seeded.Project.Slug}/data")));
        Assert.False(await host.With<LabelerDb, bool>(db => db.Jobs.AnyAsync(j => j.ProjectId == seeded.Project.Id && j.Kind == JobKind.ImportPairs)));
    }

    private static async Task Upload(HttpClient browser, string slug, long project, string name, byte[] content, string place = "")
    {
        using var form = new MultipartFormDataContent
        {
            { new StringContent(await browser.FormToken($"/p/{slug}/data")), "__RequestVerificationToken" }, { new StringContent(place), "place" },
        };
        if (name.Length > 0)
        {
            form.Add(new ByteArrayContent(content), "file", name);
        }
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/sets/{project}/import") { Content = form, Headers = { Referrer = new(browser.BaseAddress!, $"/p/{slug}/data") } };
        using var answer = await browser.SendAsync(request);
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
    }

    private async Task<SeededProject> Judged(string name)
    {
        var seeded = await SeededProject.Create(host.Data, name, LabelingTask.FlagBatch, groups: 2);
        using var client = await AnnotatorClient.Open(host, $"Annotator of {name}");
        foreach (var item in await client.Items(seeded.Project.Id))
        {
            await client.Send(AnnotatorClient.Flag(seeded.Project.Id, item, Guid.NewGuid(), 1));
        }
        return seeded;
    }

    /// <summary>The newest job on the project's sets, when it is over.</summary>
    private async Task<Job> Over(long project)
    {
        while (true)
        {
            var job = await host.With<LabelerDb, Job>(db => db.Jobs.AsNoTracking()
                .Where(j => j.ProjectId == project && (j.Kind == JobKind.Export || j.Kind == JobKind.ImportPairs)).OrderByDescending(j => j.Id).FirstAsync());
            if (job.IsOver)
            {
                return job;
            }
            await Task.Delay(50);
        }
    }

    [GeneratedRegex("""href="(sets/[^"]+/exports/\d+)" """)]
    private static partial Regex Download();
}
