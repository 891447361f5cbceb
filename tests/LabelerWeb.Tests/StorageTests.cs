using System.Net;
using Labeler.Shared.Data;
using Labeler.Shared.Projects;
using Labeler.Shared.Tests.Support;
using Labeler.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Web.Tests;

/// <summary>A storage that cannot take a vote now: the answer says so, and the same vote can be sent again.</summary>
public sealed class StorageTests
{
    [Fact]
    public async Task A_vote_on_a_locked_database_is_to_be_sent_again()
    {
        await using var host = new WebHost();
        await using var seeded = await SeededProject.Create(host.Data, "Locked", LabelingTask.FlagBatch, 1);
        using var client = await AnnotatorClient.Open(host, "patient");
        var vote = AnnotatorClient.Flag(seeded.Project.Id, (await client.Items(seeded.Project.Id))[0], Guid.NewGuid(), 3);
        await using (var other = new SqliteConnection($"Data Source={seeded.Get<DataFolder>().Database};Pooling=False"))
        {
            await other.OpenAsync();
            using var transaction = other.BeginTransaction();
            using var answer = await client.Post(vote);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.Equal("The database is busy: nothing was saved, try again in a moment.", await AnnotatorClient.Detail(answer));
            Assert.NotNull(answer.Headers.RetryAfter);
        }
        Assert.Equal(["accepted"], await client.Send(vote));
        Assert.Equal(["duplicate"], await client.Send(vote));
    }

    [Fact]
    public async Task A_data_folder_that_was_moved_goes_on_where_it_was()
    {
        var moved = Directory.CreateTempSubdirectory("labeler-").FullName;
        var before = $"{moved}-before";
        long project;
        await using (var seeded = await SeededProject.Create(before, "Moved", LabelingTask.FlagBatch, 1))
        {
            project = seeded.Project.Id;
        }
        SqliteConnection.ClearAllPools();
        Directory.Delete(moved);
        Directory.Move(before, moved);

        await using var host = new WebHost { Data = moved };
        using var client = await AnnotatorClient.Open(host, "mover");
        var item = (await client.Queue(project))["items"]![0]!;
        using var picture = await client.Http.GetAsync($"/api/images/{(string)item["images"]![0]!["hash"]!}/256.webp");
        Assert.Equal((HttpStatusCode.OK, "image/webp"), (picture.StatusCode, picture.Content.Headers.ContentType?.MediaType));
        Assert.Equal(["accepted"], await client.Send(AnnotatorClient.Flag(project, (long)item["item"]!, Guid.NewGuid(), 1)));
        Assert.False(Directory.Exists(before));
    }

    [Fact]
    public async Task What_a_killed_process_left_half_received_is_gone_after_a_start_and_what_is_being_received_stays()
    {
        await using var host = new WebHost();
        var incoming = Directory.CreateDirectory(Path.Combine(host.Data, "files", "incoming")).FullName;
        foreach (var (name, age) in new[] { ("left", 2.0), ("now", 0.1) })
        {
            await File.WriteAllTextAsync(Path.Combine(incoming, name), "half of a picture");
            File.SetLastWriteTimeUtc(Path.Combine(incoming, name), DateTime.UtcNow.AddDays(-age));
        }
        _ = host.Services;
        Assert.Equal(["now"], Directory.EnumerateFiles(incoming).Select(Path.GetFileName));
    }

    [SmallDiskFact]
    public async Task Votes_on_a_full_disk_are_to_be_sent_again_and_none_is_lost()
    {
        const int groups = 6;
        using var disk = new SmallDisk(kilobytes: 16 * 1024);
        await using (var host = new WebHost { Data = Path.Combine(disk.Folder, "data") })
        {
            await using var seeded = await SeededProject.Create(host.Data, "Full", LabelingTask.FlagBatch, groups);
            using var client = await AnnotatorClient.Open(host, "unlucky");
            var votes = (await client.Items(seeded.Project.Id, groups)).Select(item => AnnotatorClient.Flag(seeded.Project.Id, item, Guid.NewGuid(), 1)).ToList();
            var filler = Path.Combine(disk.Folder, "filler");
            Fill(filler);
            var said = new List<string>();
            foreach (var vote in votes)
            {
                using var answer = await client.Post(vote);
                if (answer.StatusCode == HttpStatusCode.ServiceUnavailable)
                {
                    said.Add(await AnnotatorClient.Detail(answer));
                }
                else
                {
                    Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
                }
            }
            Assert.Contains("The disk that holds the database is full: nothing was saved, free some space and try again.", said);

            File.Delete(filler);
            Assert.All(await client.Send([.. votes]), outcome => Assert.Contains(outcome, new[] { "accepted", "duplicate" }));
            await using var db = await seeded.Open();
            Assert.Equal(groups, await db.Votes.Select(v => v.ItemId).Distinct().CountAsync());
            Assert.Equal(groups, await db.Votes.CountAsync());
        }
        SqliteConnection.ClearAllPools();
    }

    private static void Fill(string path)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        foreach (var size in new[] { 65536, 4096, 512 })
        {
            try
            {
                while (true)
                {
                    file.Write(new byte[size]);
                }
            }
            catch (IOException)
            {
                // No room for a piece of this size; smaller ones may still fit.
            }
        }
    }

    [Fact]
    public async Task Many_requests_at_a_locked_database_wait_no_longer_than_one_after_the_other_would_and_are_told_when_to_come_again()
    {
        await using var host = new WebHost();
        await using var seeded = await SeededProject.Create(host.Data, "Crowd", LabelingTask.FlagBatch, 8);
        using var client = await AnnotatorClient.Open(host, "crowd");
        var items = await client.Items(seeded.Project.Id, 8);
        await using var other = new SqliteConnection($"Data Source={seeded.Get<DataFolder>().Database};Pooling=False");
        await other.OpenAsync();
        using var transaction = other.BeginTransaction();
        var begun = System.Diagnostics.Stopwatch.StartNew();
        var answers = await Task.WhenAll(items.Select(item => client.Post(AnnotatorClient.Flag(seeded.Project.Id, item, Guid.NewGuid(), 1))));
        Assert.All(answers, answer => Assert.Equal((HttpStatusCode.ServiceUnavailable, true), (answer.StatusCode, answer.Headers.RetryAfter is not null)));
        // One after the other at SQLite's ten seconds each they would have needed eighty.
        Assert.True(begun.Elapsed < TimeSpan.FromSeconds(50), $"{begun.Elapsed}");
    }
}
