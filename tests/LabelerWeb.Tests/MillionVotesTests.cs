using Labeler.Shared.Data;
using Labeler.Shared.Projects;
using Labeler.Tests.Support;
using Labeler.Web.Components.Tables;
using Labeler.Web.Features.Review;
using Microsoft.EntityFrameworkCore;
using MudBlazor;
using Xunit.Abstractions;

namespace Labeler.Web.Tests;

/// <summary>How long the pages of a million votes take; run by hand, with LABELER_MILLION=1.</summary>
public sealed class MillionVotesTests(ITestOutputHelper output)
{
    private const int Votes = 1_000_000, Size = 25;

    [MillionFact]
    public async Task A_million_votes_page_in_under_a_fifth_of_a_second()
    {
        var folder = Directory.CreateTempSubdirectory("labeler-million-").FullName;
        try
        {
            await using var seeded = await SeededProject.Create(folder, "Million", LabelingTask.FlagBatch, groups: 50);
            await using var db = await seeded.Open();
            await Fill(db, seeded.Project.Id);
            var votes = VoteRow.Of(db, seeded.Project.Id, null);
            var time = await output.Took("counted", () => votes.CountAsync());
            foreach (var skip in new[] { 0, Size, Votes / 2, Votes - Size })
            {
                var taken = await output.Took($"page at {skip:#,0}", () => votes.Page(Usual(), skip, Size, default, VoteRow.Of(db, db.Votes)));
                Assert.True(taken < 200, $"the page at {skip} took {taken} ms");
            }
            var backward = Usual() with { Sorts = [new(nameof(VoteRow.At), false, 0, row => row.At)] };
            Assert.True(await output.Took("page at 500,000, oldest first", () => votes.Page(backward, Votes / 2, Size, default, VoteRow.Of(db, db.Votes))) < 200);
            Assert.True(time < 200, $"counting took {time} ms");
            var slowest = Usual() with { Sorts = [new(nameof(VoteRow.Milliseconds), true, 0, row => row.Milliseconds)] };
            foreach (var skip in new[] { 0, Votes / 2 })
            {
                Assert.True(await output.Took($"page at {skip:#,0}, sorted by time taken", () => votes.Page(slowest, skip, Size, default, VoteRow.Of(db, db.Votes))) < 200);
            }
            var byName = Usual() with { Sorts = [new(nameof(VoteRow.Annotator), false, 0, row => row.Annotator!)] };
            foreach (var skip in new[] { 0, Votes / 2, Votes - Size })
            {
                Assert.True(await output.Took($"page at {skip:#,0}, sorted by annotator", async () =>
                {
                    var (touched, before) = (await VotesByName.Touched(db, VoteRow.VotesOf(db, seeded.Project.Id, null), false, skip, Size, default))!.Value;
                    return await VoteRow.Of(db, touched).Page(byName, skip - before, Size, default, VoteRow.Of(db, db.Votes));
                }) < 200);
            }
            await output.Took("counted where set aside", () => votes.CountAsync(vote => vote.State == VoteStanding.SetAside));
            await output.Took("page of one annotator", () => votes.Where(vote => vote.Annotator == "Annotator 7").Page(Usual(), 0, Size, default, VoteRow.Of(db, db.Votes)));
            await output.Took("count of one annotator", () => votes.CountAsync(vote => vote.Annotator == "Annotator 7"));
        }
        finally
        {
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static TableOrder<VoteRow, long> Usual() => new([], (nameof(VoteRow.At), true), vote => vote.Id);

    // 250 people vote on 4,000 items in turns; every hundredth vote is set aside.
    private static async Task Fill(LabelerDb db, long project)
    {
        for (var n = 0; n < 250; n++)
        {
            db.Add(new Labeler.Shared.Accounts.Account($"annotator{n}", $"Annotator {n}", DateTimeOffset.UtcNow));
        }
        await db.SaveChangesAsync();
        var verdict = JsonText.Write<Labeler.Shared.Voting.Verdict>(new Labeler.Shared.Voting.FlagVerdict(
            [.. Enumerable.Range(0, 7).Select(index => new Labeler.Shared.Voting.TileVerdict(index, index == 2 ? FlagKinds.Deformed : FlagKinds.None, true, true))]));
        var epoch = await db.Epochs.Where(e => e.ProjectId == project).Select(e => e.Id).SingleAsync();
        var columns = string.Join(", ", db.Model.FindEntityType(typeof(Labeler.Shared.Voting.Item))!.GetProperties().Where(property => !property.IsPrimaryKey()).Select(property => $"\"{property.Name}\""));
        var copied = $"""
            WITH RECURSIVE many(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < 79)
            INSERT INTO "Items" ({columns}) SELECT {columns} FROM "Items" JOIN many
            """;
        await db.Database.ExecuteSqlRawAsync(copied);
        var first = await db.Items.MinAsync(item => item.Id);
        await db.Database.ExecuteSqlAsync($"""
            WITH RECURSIVE many(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM many WHERE n < {Votes - 1}),
                people AS MATERIALIZED (SELECT "Id", row_number() OVER (ORDER BY "UserName") - 1 AS place FROM "Accounts")
            INSERT INTO "Votes" ("Key", "Kind", "ProjectId", "EpochId", "ItemId", "AnnotatorId", "Verdict", "Seen", "Flagged", "Deformed",
                "Unsafe", "Exposed", "DurationMs", "At", "Surplus", "Check", "Quarantine")
            SELECT printf('%08X-0000-0000-0000-000000000000', n), 0, {project}, {epoch}, {first} + n / 250, people."Id", {verdict}, 7, 1, 1,
                0, 0, 500 + n % 7919, 1700000000000 + n * 1000, 0, 0, CASE WHEN n % 100 = 0 THEN 'careless' END
            FROM many JOIN people ON people.place = n % 250
            """);
    }
}
