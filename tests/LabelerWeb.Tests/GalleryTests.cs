using System.IO.Compression;
using System.Net;
using System.Text.RegularExpressions;
using Labeler.Shared.Accounts;
using Labeler.Shared.Projects;
using Labeler.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Web.Tests;

public sealed partial class GalleryTests(WebHost host) : IClassFixture<WebHost>
{
    [Fact]
    public async Task Going_on_from_page_to_page_shows_every_picture_once_in_its_order()
    {
        await using var seeded = await SeededProject.Create(host.Data, "Paged pictures", LabelingTask.FlagBatch, groups: 60, finish: false);
        await seeded.AddGroups(60, 14);
        using var lead = await AnnotatorClient.Open(host, "Leader of Paged pictures", Role.Lead);
        var shown = new List<long>();
        var pages = 0;
        for (var address = "/p/paged-pictures/gallery"; address.Length > 0; pages++)
        {
            var page = await lead.Http.GetStringAsync(address);
            Assert.Equal(pages == 0, !page.Contains("From the beginning", StringComparison.Ordinal));
            shown.AddRange(Ids(page));
            address = More().Match(page) is { Success: true } more ? "/" + WebUtility.HtmlDecode(more.Groups[1].Value) : "";
        }
        await using var db = await seeded.Open();
        var all = await db.Groups.Where(group => group.ProjectId == seeded.Project.Id).OrderBy(group => group.Number)
            .SelectMany(group => group.Images.OrderBy(image => image.Index).Select(image => image.Id)).ToListAsync();
        Assert.Equal((420, 6), (all.Count, pages));
        Assert.Equal(all, shown);
    }

    [Fact]
    public async Task Pictures_are_found_by_verdict_by_prompt_and_by_what_one_person_said()
    {
        await using var seeded = await SeededProject.Create(host.Data, "Found pictures", LabelingTask.FlagBatch, groups: 3, new() { VotesPerItem = 2 });
        using var lead = await AnnotatorClient.Open(host, "Leader of Found pictures", Role.Lead);
        using var other = await AnnotatorClient.Open(host, "Otto of Found pictures");
        var items = (await lead.Items(seeded.Project.Id, take: 3)).Order().ToList();
        await lead.Send(AnnotatorClient.Flag(seeded.Project.Id, items[0], Guid.NewGuid(), 1, 2));
        await lead.Send(AnnotatorClient.Flag(seeded.Project.Id, items[1], Guid.NewGuid()));
        await other.Items(seeded.Project.Id, take: 3);
        await other.Send(AnnotatorClient.Flag(seeded.Project.Id, items[0], Guid.NewGuid(), 1));

        async Task<int> Shown(string query) => Ids(await lead.Http.GetStringAsync($"/p/found-pictures/gallery?{query}")).Count;
        Assert.Equal(21, await Shown(""));
        Assert.Equal(2, await Shown("show=flagged"));
        Assert.Equal(12, await Shown("show=normal"));
        Assert.Equal(7, await Shown("show=unjudged"));
        Assert.Equal(7, await Shown("prompt=HAND,%20TAKE%202"));
        Assert.Equal(0, await Shown("prompt=a%20foot"));
        Assert.Equal(14, await Shown($"who={lead.Account}"));
        Assert.Equal(7, await Shown($"who={other.Account}"));
        Assert.Equal(1, await Shown($"who={other.Account}&show=deformed"));
        Assert.Equal(21, await Shown("show=nonsense&who=nobody&at=over.there&from=much"));
    }

    [Fact]
    public async Task Chosen_pictures_are_taken_along_as_a_zip_and_the_votes_on_them_set_aside()
    {
        await using var seeded = await SeededProject.Create(host.Data, "Chosen pictures", LabelingTask.FlagBatch, groups: 3);
        await using var elsewhere = await SeededProject.Create(host.Data, "Other pictures", LabelingTask.FlagBatch, groups: 1);
        using var lead = await AnnotatorClient.Open(host, "Leader of Chosen pictures", Role.Lead);
        foreach (var item in await lead.Items(seeded.Project.Id, take: 3))
        {
            await lead.Send(AnnotatorClient.Flag(seeded.Project.Id, item, Guid.NewGuid(), 2));
        }
        const string page = "/p/chosen-pictures/gallery";
        var ids = Ids(await lead.Http.GetStringAsync(page));
        var foreign = Ids(await lead.Http.GetStringAsync("/p/other-pictures/gallery"))[0];
        using var zip = new ZipArchive(await (await Choose("zip", ids[1], ids[8], foreign)).Content.ReadAsStreamAsync());
        Assert.Equal([$"images/{ids[1]}.png", $"images/{ids[8]}.png", "pictures.csv"], zip.Entries.Select(entry => entry.FullName));
        using var table = new StreamReader(zip.GetEntry("pictures.csv")!.Open());
        Assert.Equal([$"images/{ids[1]}.png,{ids[1]},1,\"1 hand, take 1\"", $"images/{ids[8]}.png,{ids[8]},1,\"1 hand, take 2\""],
            (await table.ReadToEndAsync()).Split('\n').Skip(1).Take(2).Select(line => string.Join(',', line.Split(',').Take(5))));

        await Choose("zip");
        Assert.Contains("Choose some pictures first.", await lead.Http.GetStringAsync(page));
        await Choose("set-aside", ids[1], ids[2], ids[8]);
        Assert.Contains("2 votes no longer count", await lead.Http.GetStringAsync(page));
        await using var db = await seeded.Open();
        Assert.Equal(["blurry", "blurry", null], await db.Votes.Where(vote => vote.ProjectId == seeded.Project.Id).OrderBy(vote => vote.Item!.Group!.Number).Select(vote => vote.Quarantine).ToListAsync());

        async Task<HttpResponseMessage> Choose(string what, params long[] images)
        {
            lead.Http.DefaultRequestHeaders.Referrer = new Uri(lead.Http.BaseAddress!, page);
            return await lead.Http.Post(page, "/gallery/chosen-pictures/chosen", [("what", what), ("reason", "blurry"), ("back", page), .. images.Select(id => ("image", $"{id}"))]);
        }
    }

    [Fact]
    public async Task Pictures_are_found_by_the_model_that_made_them()
    {
        await using var seeded = await SeededProject.Create(host.Data, "Modeled pictures", LabelingTask.FlagBatch, groups: 1);
        using var lead = await AnnotatorClient.Open(host, "Leader of Modeled pictures", Role.Lead);
        await lead.Send(AnnotatorClient.Flag(seeded.Project.Id, (await lead.Items(seeded.Project.Id))[0], Guid.NewGuid(), 2));
        await seeded.Learn();
        await seeded.AddGroup(0);
        await seeded.Finish();
        await using var db = await seeded.Open();
        var checkpoint = await db.Checkpoints.Where(one => one.ProjectId == seeded.Project.Id).Select(one => one.Id).SingleAsync();
        var shown = await lead.Http.GetStringAsync("/p/modeled-pictures/gallery?model=base");
        Assert.Contains("""<option value="1" selected>1</option>""", shown);
        Assert.DoesNotContain("""<option value="2">2</option>""", shown);
        Assert.Contains($"""<option value="{checkpoint}">what epoch 1 learned</option>""", shown);
        Assert.Contains("""<option value="2" selected>2</option>""", await lead.Http.GetStringAsync($"/p/modeled-pictures/gallery?model={checkpoint}"));
        Assert.Equal(Ids(await lead.Http.GetStringAsync("/p/modeled-pictures/gallery")), Ids(await lead.Http.GetStringAsync("/p/modeled-pictures/gallery?model=nonsense")));
    }

    [Fact]
    public async Task Scored_pictures_are_found_by_their_score()
    {
        await using var seeded = await SeededProject.Create(host.Data, "Scored pictures", LabelingTask.Score, groups: 1, new() { GroupSize = 3, Choices = Scale.Rubric });
        using var lead = await AnnotatorClient.Open(host, "Leader of Scored pictures", Role.Lead);
        var items = await lead.Items(seeded.Project.Id, take: 3);
        foreach (var (item, choice) in items.Zip(["0", "3", "10"]))
        {
            await lead.Send(new { op = "vote", key = Guid.NewGuid(), project = seeded.Project.Id, item, durationMs = 2000, verdict = new { kind = "choice", name = choice, displayed = true, unblurred = true } });
        }
        async Task<int> Shown(string query) => Ids(await lead.Http.GetStringAsync($"/p/scored-pictures/gallery?{query}")).Count;
        Assert.Equal((3, 2, 1, 0), (await Shown(""), await Shown("from=2.5"), await Shown("from=1&to=9"), await Shown("from=11")));
    }

    [Fact]
    public async Task A_picture_s_page_says_where_it_comes_from_who_said_what_and_shows_the_others_of_its_noise()
    {
        await using var seeded = await SeededProject.Create(host.Data, "Told pictures", LabelingTask.FlagBatch, groups: 2);
        using var lead = await AnnotatorClient.Open(host, "Leader of Told pictures", Role.Lead);
        var item = (await lead.Items(seeded.Project.Id, take: 2)).Min();
        await lead.Send(AnnotatorClient.Flag(seeded.Project.Id, item, Guid.NewGuid(), 1));
        await using var db = await seeded.Open();
        var images = await db.Items.Where(one => one.Id == item).SelectMany(one => one.Group!.Images).OrderBy(image => image.Index).ToListAsync();

        var page = WebUtility.HtmlDecode(await lead.Http.GetStringAsync($"/p/told-pictures/gallery/{images[1].Id}"));
        Assert.Contains("<strong>Leader of Told pictures</strong>: deformed", page);
        Assert.Contains($"p/told-pictures/review?item={item}", page);
        Assert.Contains("the base model models/mirror-world", page);
        Assert.Contains($"api/images/{images[1].ContentHash}/512.webp", page);
        Assert.Equal(images.Where(image => image.Index != 1).Select(image => image.Id), Ids(page));
        Assert.Contains("<strong>Leader of Told pictures</strong>: normal", WebUtility.HtmlDecode(await lead.Http.GetStringAsync($"/p/told-pictures/gallery/{images[0].Id}")));
        Assert.Equal(HttpStatusCode.NotFound, (await lead.Http.GetAsync("/p/told-pictures/gallery/999999999")).StatusCode);
    }

    private static List<long> Ids(string page) => [.. Picture().Matches(page).Select(match => long.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture))];

    [GeneratedRegex("""<a href="p/[^/"]+/gallery/(\d+)">""")]
    private static partial Regex Picture();

    [GeneratedRegex("""href="([^"]+)">More pictures""")]
    private static partial Regex More();
}
