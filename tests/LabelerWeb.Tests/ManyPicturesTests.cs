using Labeler.Shared.Data;
using Labeler.Shared.Projects;
using Labeler.Shared.Samples;
using Labeler.Tests.Support;
using Labeler.Web.Features.Gallery;
using Microsoft.EntityFrameworkCore;
using Xunit.Abstractions;

namespace Labeler.Web.Tests;

/// <summary>How long the gallery of 100,000 pictures takes; run by hand, with LABELER_MILLION=1.</summary>
public sealed class ManyPicturesTests(ITestOutputHelper output)
{
    private const int Groups = 14_300;

    [MillionFact]
    public async Task A_page_of_a_hundred_thousand_pictures_is_read_in_under_a_fifth_of_a_second()
    {
        var folder = Directory.CreateTempSubdirectory("labeler-gallery-").FullName;
        try
        {
            await using var seeded = await SeededProject.Create(folder, "Many", LabelingTask.FlagBatch, groups: 1);
            await using var db = await seeded.Open();
            await Fill(db);
            Assert.Equal(7 * Groups, await db.Images.CountAsync());
            foreach (var (show, number) in new[] { ("all", 0), ("all", Groups / 2), ("all", Groups - 20), ("flagged", 0), ("normal", Groups / 2), ("unjudged", 0) })
            {
                var filter = GalleryFilter.Of(show, null, null, null, null);
                Assert.NotEmpty((await Page()).Images);
                Assert.True(await output.Took($"{show} from group {number:#,0}", Page) < 200, $"{show} from {number}");

                Task<GalleryQuery> Page() => GalleryQuery.Read(db, "many", null, filter, new(GroupUse.Labeling, number, 0));
            }
        }
        finally
        {
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
            Directory.Delete(folder, recursive: true);
        }
    }

    // The one group again and again, each with its pictures and its item; nine of ten are judged, a picture of each flagged.
    private static async Task Fill(LabelerDb db)
    {
        db.Add(new Labeler.Shared.Accounts.Account("voter", "Voter", DateTimeOffset.UtcNow));
        await db.SaveChangesAsync();
        var (epoch, project) = await db.Epochs.Select(one => ValueTuple.Create(one.Id, one.ProjectId)).SingleAsync();
        await db.Database.ExecuteSqlAsync($"""
            WITH RECURSIVE many(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < {Groups - 1})
            INSERT INTO "Groups" ("ProjectId", "EpochId", "Use", "Number", "PromptId", "Prompt", "Seed", "TrajectoryHash", "CreatedAt")
            SELECT "ProjectId", "EpochId", "Use", n, "PromptId", "Prompt", "Seed", "TrajectoryHash", "CreatedAt" FROM "Groups" JOIN many
            """);
        var first = await db.Groups.MinAsync(group => group.Id);
        await db.Database.ExecuteSqlAsync($"""
            INSERT INTO "Images" ("GroupId", "Index", "ContentHash", "Width", "Height", "Seed")
            SELECT g."Id", i."Index", i."ContentHash", i."Width", i."Height", i."Seed" FROM "Groups" g JOIN "Images" i ON i."GroupId" = {first} WHERE g."Id" > {first}
            """);
        var columns = string.Join(", ", db.Model.FindEntityType(typeof(Labeler.Shared.Voting.Item))!.GetProperties()
            .Where(property => !property.IsPrimaryKey() && property.Name != "GroupId").Select(property => $"\"{property.Name}\""));
        var copied = $"""
            INSERT INTO "Items" ("GroupId", {columns}) SELECT g."Id", {string.Join(", ", columns.Split(", ").Select(name => $"i.{name}"))}
            FROM "Groups" g JOIN "Items" i ON i."GroupId" = {first} WHERE g."Id" > {first}
            """;
        await db.Database.ExecuteSqlRawAsync(copied);
        var verdict = JsonText.Write<Labeler.Shared.Voting.Verdict>(new Labeler.Shared.Voting.FlagVerdict(
            [.. Enumerable.Range(0, 7).Select(index => new Labeler.Shared.Voting.TileVerdict(index, index == 2 ? FlagKinds.Deformed : FlagKinds.None, true, true))]));
        await db.Database.ExecuteSqlAsync($"""
            INSERT INTO "Votes" ("Key", "Kind", "ProjectId", "EpochId", "ItemId", "AnnotatorId", "Verdict", "Seen", "Flagged", "Deformed",
                "Unsafe", "Exposed", "DurationMs", "At", "Surplus", "Check")
            SELECT printf('%08X-0000-0000-0000-000000000000', i."Id"), 0, {project}, {epoch}, i."Id", a."Id", {verdict}, 7, 1, 1, 0, 0, 900, 1700000000000 + i."Id", 0, 0
            FROM "Items" i JOIN "Accounts" a WHERE i."Id" % 10 > 0
            """);
    }
}
