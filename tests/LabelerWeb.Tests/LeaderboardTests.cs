using System.Net;
using Labeler.Shared.Accounts;
using Labeler.Shared.Epochs;
using Labeler.Shared.Evaluations;
using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Shared.Samples;
using Labeler.Shared.Storage;
using Labeler.Shared.Training;
using Labeler.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Web.Tests;

public sealed class LeaderboardTests(WebHost host) : IClassFixture<WebHost>
{
    [Fact]
    public async Task Checkpoints_are_ranked_over_all_duels_that_connect_them_with_intervals_and_shares()
    {
        await using var seeded = await SeededProject.Create(host.Data, "Ranked faces", LabelingTask.FlagBatch, groups: 2);
        using var admin = await AnnotatorClient.Open(host, "Lin of ranks", Role.Admin);
        Assert.Contains("No checkpoint yet", await admin.Http.GetStringAsync("/compare/leaderboard"), StringComparison.Ordinal);
        using var ann = await AnnotatorClient.Open(host, "Ann of ranks");
        using var bo = await AnnotatorClient.Open(host, "Bo of ranks");
        var first = await Trained(seeded, ann);
        var second = await Trained(seeded, ann);
        Assert.Contains("Nobody has compared", await admin.Http.GetStringAsync("/compare/leaderboard"), StringComparison.Ordinal);

        // The base model against the first, then the first against the second: no duel has all three.
        const string Base = "models/mirror-world";
        await Duel(seeded, "Early duel", [new("base model", Base, null, null), new("epoch 1", Base, first.Id, first.WeightsHash)], ann, bo);
        await Duel(seeded, "Late duel", [new("epoch 1", Base, first.Id, first.WeightsHash), new("epoch 2", Base, second.Id, second.WeightsHash)], ann, bo);

        var page = WebUtility.HtmlDecode(await admin.Http.GetStringAsync($"/compare/leaderboard?project={seeded.Project.Slug}"));
        Assert.Contains("Leaderboard of Ranked faces, 60 pictures", page, StringComparison.Ordinal);
        Assert.Contains("1. epoch 2", page, StringComparison.Ordinal);
        var lines = (await admin.Http.GetStringAsync($"/compare/leaderboard.csv?project={seeded.Project.Slug}")).TrimEnd().Split("\r\n");
        Assert.Equal("checkpoint,rank,rating,low,high,share of votes,won by more than half of the raters,comparisons,votes", lines[0]);
        Assert.Equal(["epoch 2,1,", "epoch 1,2,", "base model,3,"], lines[1..].Select(line => string.Join(',', line.Split(',').Take(2)) + ","));
        var ratings = lines[1..].Select(line => line.Split(',')[2..5].Select(number => double.Parse(number, System.Globalization.CultureInfo.InvariantCulture)).ToArray()).ToList();
        Assert.All(ratings, row => Assert.True(row[1] < row[0] && row[0] < row[2]));
        Assert.Equal(1000, ratings.Average(row => row[0]), 3);
        // Four of five for the later one, each time: 400·log10(4) points apart, less a little for the draw with an average one.
        Assert.InRange(ratings[0][0] - ratings[1][0], 190, 245);
        Assert.EndsWith(",0.8,0.8,30,60", lines[1], StringComparison.Ordinal);
        Assert.EndsWith(",0.5,0.5,60,120", lines[2], StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await admin.Http.GetAsync("/compare/leaderboard.csv?project=none")).StatusCode);
    }

    // Both prefer the later checkpoint's picture in four of five meetings.
    private static async Task Duel(SeededProject seeded, string name, Contestant[] contestants, params AnnotatorClient[] raters)
    {
        var plan = new EvaluationPlan { Kind = EvaluationKind.Duel, Contestants = contestants, Prompts = [.. Enumerable.Range(0, 30).Select(n => $"{name} {n}")] };
        var project = Evaluation.ProjectFor(name, plan, raters.Length, "", [], new(), DateTimeOffset.UtcNow);
        await seeded.Get<EvaluationWorkflow>().Start(project, plan);
        var job = (await seeded.Get<JobQueue>().Claim("evaluates", [JobKind.Evaluate]))!;
        for (var number = 0; number < plan.Pictures; number++)
        {
            var picture = DrawnPicture.Draw(project.Id, number, plan.At(number).Contestant);
            var image = new NewImage(await seeded.Get<FileStore>().Put(picture.ToPng()), picture.Width, picture.Height, number);
            await seeded.Get<EpochCycle>().Add(job, epoch => Group.Sampled(epoch, GroupUse.Labeling, number, null, "1 hand", number, null, [image], DateTimeOffset.UtcNow));
        }
        await seeded.Get<EvaluationWorkflow>().Finish(job);
        await using var db = await seeded.Open();
        var numbers = await db.Groups.Where(g => g.ProjectId == project.Id).ToDictionaryAsync(g => g.Id, g => g.Number);
        foreach (var rater in raters)
        {
            while ((await rater.Queue(project.Id, take: 16))["items"]!.AsArray() is { Count: > 0 } items)
            {
                foreach (var item in items)
                {
                    var id = (long)item!["item"]!;
                    var lease = await db.Leases.AsNoTracking().Include(l => l.Item!.First).SingleAsync(l => l.ItemId == id && l.AnnotatorId == rater.Account);
                    var prefersFirst = numbers[lease.Item!.First!.GroupId] % plan.PicturesEach % 5 == 0;
                    var verdict = new { kind = "pair", pick = prefersFirst == lease.FirstOnLeft ? "left" : "right", firstOnLeft = lease.FirstOnLeft, displayed = true, unblurred = true };
                    Assert.Equal(["accepted"], await rater.Send(new { op = "vote", key = Guid.NewGuid(), project = project.Id, item = id, durationMs = 900, verdict }));
                }
            }
        }
    }

    private static async Task<Checkpoint> Trained(SeededProject seeded, AnnotatorClient client)
    {
        foreach (var item in await client.Items(seeded.Project.Id))
        {
            await client.Send(AnnotatorClient.Flag(seeded.Project.Id, item, Guid.NewGuid(), 1));
        }
        await seeded.Learn();
        await seeded.AddGroup(0);
        await seeded.Finish();
        await using var db = await seeded.Open();
        return await db.Checkpoints.Where(c => c.ProjectId == seeded.Project.Id).OrderByDescending(c => c.Id).FirstAsync();
    }
}
