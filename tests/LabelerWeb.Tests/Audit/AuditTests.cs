using System.Net;
using Labeler.Shared.Accounts;
using Labeler.Shared.Audit;
using Labeler.Shared.Data;
using Labeler.Web.Features.Audit;
using Labeler.Web.Tests.Api;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Web.Tests.Audit;

public sealed class AuditTests(WebHost host) : IClassFixture<WebHost>
{
    [Fact]
    public async Task Signing_in_is_written_down_whether_it_is_let_in_or_refused()
    {
        using var person = await host.SignedIn("Signs in rightly", Role.Annotator);
        using var wrong = host.Browser();
        await wrong.SignIn("Signs in rightly", "not the password at all");
        var lines = await Lines(line => line.Action == "POST /sign-in" && (line.Who == "Signs in rightly" || line.Outcome == AuditOutcome.Refused), 2);
        Assert.Contains(lines, line => line is { Who: "Signs in rightly", Outcome: AuditOutcome.Done });
        Assert.Contains(lines, line => line is { Who: null, Outcome: AuditOutcome.Refused });
        Assert.DoesNotContain(lines, line => $"{line.Subject}{line.Before}{line.After}".Contains("password", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task A_change_is_written_down_with_who_did_it_to_what_and_what_it_was_before_and_after()
    {
        await using var seeded = await host.Seed("Renamed later", groups: 1);
        using var admin = await host.SignedIn("Changes things", Role.Admin);
        var fields = Forms.FieldsOf(await admin.GetStringAsync("/p/renamed-later/settings"));
        fields["Name"] = "Renamed now";
        await admin.Post("/p/renamed-later/settings", "/p/renamed-later/settings", [.. fields.Where(f => f.Key is not "__RequestVerificationToken").Select(f => (f.Key, f.Value))]);
        var line = Assert.Single(await Lines(line => line.Action == "POST /p/{Slug}/settings" && line.Who == "Changes things", 1));
        Assert.Equal(("Renamed now", AuditOutcome.Done, "Slug renamed-later"), (line.Project, line.Outcome, line.Subject));
        Assert.Contains("Renamed later", line.Before);
        Assert.Contains("Renamed now", line.After);
        var person = await host.Make("Is given a role", Role.Annotator);
        await admin.Post($"/people/{person.Id}", $"/people/{person.Id}/role", ("role", "lead"));
        var role = Assert.Single(await Lines(line => line.Action == "POST /people/{id:guid}/role" && line.Subject.Contains(person.Id.ToString()), 1));
        Assert.Contains(person.Id.ToString(), role.After);
        Assert.DoesNotContain("SecurityStamp", $"{role.Before}{role.After}");
    }

    [Fact]
    public async Task What_was_refused_is_written_down_for_pages_and_for_programs()
    {
        await using var seeded = await host.Seed("Refused to some", groups: 1);
        await host.With<LabelerDb, int>(db => db.Projects.Where(p => p.Id == seeded.Project.Id).ExecuteUpdateAsync(set => set.SetProperty(p => p.IsOpenToAll, false)));
        using var person = await host.SignedIn("Is refused", Role.Lead);
        using var program = await host.Program("Is refused", TokenScope.Read);
        Assert.Equal(HttpStatusCode.Forbidden, (await person.GetAsync("/people")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await person.GetAsync("/p/refused-to-some/review")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await program.GetAsync($"/api/v1/projects/{seeded.Project.Id}/votes")).StatusCode);
        var lines = await Lines(line => line.Who == "Is refused" && line.Outcome == AuditOutcome.Refused, 3);
        Assert.Contains(lines, line => line is { Action: "GET /people", Token: null });
        Assert.Contains(lines, line => line is { Action: "GET /p/{Slug}/review", Project: "Refused to some" });
        Assert.Contains(lines, line => line is { Action: "GET /api/v1/projects/{project:long}/votes", Token: "for Read" });
    }

    [Theory]
    [InlineData("UPDATE \"AuditEntries\" SET \"Action\" = 'nothing'")]
    [InlineData("DELETE FROM \"AuditEntries\"")]
    public async Task The_database_itself_refuses_to_change_the_log(string statement)
    {
        await host.With<LabelerDb, int>(db =>
        {
            db.AuditEntries.Add(new(DateTimeOffset.UtcNow, "POST /x", "", AuditOutcome.Done, ""));
            return db.SaveChangesAsync();
        });
        var refused = await Assert.ThrowsAsync<Microsoft.Data.Sqlite.SqliteException>(() => host.With<LabelerDb, int>(db => db.Database.ExecuteSqlRawAsync(statement)));
        Assert.Contains("only ever added to", refused.Message);
    }

    private Task<List<AuditRow>> Lines(System.Linq.Expressions.Expression<Func<AuditRow, bool>> which, int atLeast) => host.AuditLines(which, atLeast);
}
