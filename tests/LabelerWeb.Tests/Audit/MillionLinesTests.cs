using Labeler.Shared.Accounts;
using Labeler.Shared.Audit;
using Labeler.Shared.Data;
using Labeler.Shared.Projects;
using Labeler.Tests.Support;
using Labeler.Web.Components.Tables;
using Labeler.Web.Features.Audit;
using Microsoft.EntityFrameworkCore;
using MudBlazor;
using Xunit.Abstractions;

namespace Labeler.Web.Tests.Audit;

/// <summary>How long the pages of a million lines of the audit log take; run by hand, with LABELER_MILLION=1.</summary>
public sealed class MillionLinesTests(ITestOutputHelper output)
{
    private const int Lines = 1_000_000, Size = 25;

    [MillionFact]
    public async Task A_million_lines_of_the_audit_log_page_in_under_a_fifth_of_a_second()
    {
        var folder = Directory.CreateTempSubdirectory("labeler-audit-").FullName;
        try
        {
            await using var seeded = await SeededProject.Create(folder, "Million", LabelingTask.FlagBatch, groups: 1);
            await using var db = await seeded.Open();
            await Fill(db, seeded.Project.Id);
            var lines = AuditRow.All(db);
            TableOrder<AuditRow, long> newest = new([], (nameof(AuditRow.Id), true), line => line.Id);
            async Task Within(string what, IQueryable<AuditRow> rows, int skip = 0) =>
                Assert.True(await output.Took(what, () => rows.Page(newest, skip, Size, default, lines)) < 200, what);

            Assert.True(await output.Took("counted", () => lines.CountAsync()) < 200);
            foreach (var skip in new[] { 0, Size, Lines / 2, Lines - Size })
            {
                await Within($"page at {skip:#,0}", lines, skip);
            }
            await Within("refused alone", lines.Where(line => line.Outcome == AuditOutcome.Refused));
            await Within("of one person", lines.Where(line => line.Who == "Person 7"));
            await Within("of one action", lines.Where(line => line.Action == "POST /projects/3/delete"));
            await Within("of one project", lines.Where(line => line.Project == "Million"));
            var oldest = newest with { Sorts = [new(nameof(AuditRow.At), false, 0, line => line.At)] };
            Assert.True(await output.Took("oldest first, at 500,000", () => lines.Page(oldest, Lines / 2, Size, default, lines)) < 200);
            foreach (var (name, narrowed) in new[] { ("refused", lines.Where(line => line.Outcome == AuditOutcome.Refused)), ("of one person", lines.Where(line => line.Who == "Person 7")) })
            {
                await output.Took($"counted, {name}", () => narrowed.CountAsync());
            }
        }
        finally
        {
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
            Directory.Delete(folder, recursive: true);
        }
    }

    // 250 people do 40 things in turns; every hundredth is refused.
    private static async Task Fill(LabelerDb db, long project)
    {
        for (var n = 0; n < 250; n++)
        {
            db.Add(new Account($"person{n}", $"Person {n}", DateTimeOffset.UtcNow));
        }
        await db.SaveChangesAsync();
        await db.Database.ExecuteSqlAsync($"""
            WITH RECURSIVE many(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM many WHERE n < {Lines - 1}),
                people AS MATERIALIZED (SELECT "Id", row_number() OVER (ORDER BY "UserName") - 1 AS place FROM "Accounts")
            INSERT INTO "AuditEntries" ("At", "AccountId", "ProjectId", "Action", "Subject", "Outcome", "Address", "Before", "After")
            SELECT 1700000000000 + n * 1000, people."Id", CASE WHEN n % 2 = 0 THEN {project} END, 'POST /projects/' || n % 40 || '/delete', 'id ' || n % 1000,
                CASE WHEN n % 100 = 0 THEN 1 ELSE 0 END, '192.0.2.1', json_object('Name', 'before ' || n), json_object('Name', 'after ' || n)
            FROM many JOIN people ON people.place = n % 250
            """);
    }
}
