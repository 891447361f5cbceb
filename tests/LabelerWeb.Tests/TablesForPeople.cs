using System.Text;
using Labeler.Shared.Accounts;
using Labeler.Shared.Comparisons;
using Labeler.Shared.Data;
using Labeler.Shared.Training;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Web.Tests;

/// <summary>CSV files, which people open in spreadsheets, and what they upload again.</summary>
public sealed class TablesForPeople(WebHost host) : IClassFixture<WebHost>
{
    /// <summary>A table's text; it must begin with a byte order mark.</summary>
    public static async Task<string> Get(HttpClient browser, string address)
    {
        var file = await browser.GetByteArrayAsync(address);
        Assert.Equal([0xEF, 0xBB, 0xBF], file[..3]);
        return Encoding.UTF8.GetString(file.AsSpan(3));
    }

    [Fact]
    public async Task Every_table_begins_with_a_byte_order_mark_and_lines_for_programs_do_not()
    {
        await using var seeded = await host.Seed("Tables", groups: 1);
        using var client = await AnnotatorClient.Open(host, "Ann of tables");
        await client.Send(AnnotatorClient.Flag(seeded.Project.Id, (await client.Items(seeded.Project.Id))[0], Guid.NewGuid(), 1));
        var epoch = await host.With<LabelerDb, long>(db => db.Epochs.Where(e => e.ProjectId == seeded.Project.Id).Select(e => e.Id).SingleAsync());
        await seeded.Get<EpochCycle>().Train(epoch, null);
        var runs = Directory.CreateDirectory(Path.Combine(host.Data, "runs")).FullName;
        await File.WriteAllTextAsync(Path.Combine(runs, "mine.csv"), Run);
        using var admin = await host.SignedIn("Ada of tables", Role.Admin);
        foreach (var address in new[] { $"/epochs/{epoch}/votes.csv", $"/epochs/{epoch}/pairs.csv", $"/compare/curves.csv?run={seeded.Project.Slug}", "/compare/runs/mine.csv", $"/dashboard/{seeded.Project.Slug}/people.csv" })
        {
            Assert.Contains(',', await Get(admin, address));
        }
        foreach (var address in new[] { $"/epochs/{epoch}/votes.jsonl", $"/epochs/{epoch}/pairs.jsonl", $"/epochs/{epoch}/manifest.json" })
        {
            Assert.Equal((byte)'{', (await admin.GetByteArrayAsync(address))[0]);
        }
    }

    [Fact]
    public async Task A_result_that_a_spreadsheet_saved_with_a_mark_is_taken_and_a_wrong_byte_is_named_with_its_place()
    {
        using var lead = await host.SignedIn("Lea of tables", Role.Lead);
        Assert.Contains("is added", await Upload([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Run)], "marked"));
        Assert.Contains("is added", await Upload([0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Run)], "wide"));
        Assert.Contains("line 2, column 1: the byte 0xE4", await Upload([.. Encoding.UTF8.GetBytes(Run.Split('\n')[0] + "\n"), 0xE4], "wrong"));

        async Task<string> Upload(byte[] file, string name)
        {
            using var form = new MultipartFormDataContent
            {
                { new StringContent(await lead.FormToken("/compare")), "__RequestVerificationToken" }, { new StringContent(name), "name" }, { new ByteArrayContent(file), "file", "results.csv" },
            };
            lead.DefaultRequestHeaders.Referrer = new Uri(lead.BaseAddress!, "/compare");
            await lead.PostAsync("/compare/runs", form);
            return await lead.GetStringAsync("/compare");
        }
    }

    private const string Run = ReproducedRun.RewardHeader + "\nd3po,0,0,0,1,1,0.2,1,1\nd3po,0,1,56,3,2,0.2,1,1\n";
}
