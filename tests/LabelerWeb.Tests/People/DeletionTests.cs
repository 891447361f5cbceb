using System.Net;
using System.Security.Claims;
using Labeler.Shared.Accounts;
using Labeler.Shared.Audit;
using Labeler.Shared.Data;
using Labeler.Shared.Projects;
using Labeler.Shared.Statistics;
using Labeler.Tests.Support;
using Labeler.Web.Security;
using Labeler.Web.Tests.Api;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.Web.Tests.People;

/// <summary>Deleting a person, with what becomes of their votes.</summary>
public sealed class DeletionTests(WebHost host) : IClassFixture<WebHost>
{
    [Theory]
    [InlineData("keep")]
    [InlineData("withdraw")]
    public async Task A_deleted_person_s_name_is_nowhere_they_are_out_at_once_and_their_votes_are_as_was_chosen(string votes)
    {
        var name = $"Vanishing {votes}er";
        await using var seeded = await SeededProject.Create(host.Data, $"Judged to {votes}", LabelingTask.FlagBatch, groups: 2);
        using var person = await AnnotatorClient.Open(host, name);
        using var program = await host.Program(name, TokenScope.Read);
        Assert.Equal(HttpStatusCode.OK, (await program.GetAsync("/api/v1/me")).StatusCode);
        foreach (var item in await person.Items(seeded.Project.Id))
        {
            await person.Send(AnnotatorClient.Flag(seeded.Project.Id, item, Guid.NewGuid(), 1));
        }
        using var admin = await host.SignedIn($"Deletes to {votes}", Role.Admin);
        var page = $"/people/{person.Account}";
        Assert.Contains(name, await admin.GetStringAsync(page));

        await admin.Post(page, $"{page}/delete", ("votes", votes), ("name", "somebody else"));
        Assert.Contains("nobody was deleted", await admin.GetStringAsync(page));
        await admin.Post(page, $"{page}/delete", ("name", name));
        Assert.Contains("Choose what becomes of their votes", await admin.GetStringAsync(page));
        Assert.Equal(HttpStatusCode.OK, (await person.Http.GetAsync("/account")).StatusCode);

        await admin.Post(page, $"{page}/delete", ("votes", votes), ("name", name));
        Assert.Equal(HttpStatusCode.Found, (await person.Http.GetAsync("/account")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await program.GetAsync("/api/v1/me")).StatusCode);
        using var again = host.Browser();
        Assert.NotEqual(HttpStatusCode.Found, (await again.SignIn(name)).StatusCode);
        foreach (var shown in new[] { page, $"/p/{seeded.Project.Slug}/review", $"/p/{seeded.Project.Slug}", "/people" })
        {
            Assert.DoesNotContain(name, await admin.GetStringAsync(shown));
        }
        var account = await host.With<LabelerDb, Account>(db => db.Users.AsNoTracking().SingleAsync(a => a.Id == person.Account));
        Assert.Equal((null, true), (account.PasswordHash, account.DisplayName.StartsWith("Deleted person ", StringComparison.Ordinal)));
        Assert.DoesNotContain("anishing", $"{account.UserName}{account.NormalizedUserName}{account.DisplayName}", StringComparison.OrdinalIgnoreCase);
        Assert.Equal(0, await host.With<LabelerDb, int>(async db => await db.Sessions.CountAsync(s => s.AccountId == person.Account) + await db.AccessTokens.CountAsync(t => t.AccountId == person.Account)));

        // The votes are there as they were; they count, or others are asked in their place.
        Assert.Equal(2, await seeded.Stored());
        var rates = await host.With<LabelerDb, IReadOnlyList<EpochRates>>(db => EpochRates.Read(db, seeded.Project.Id));
        using var next = await AnnotatorClient.Open(host, $"After {name[^8..]}");
        Assert.Equal(votes == "keep" ? 0 : 2, (await next.Items(seeded.Project.Id)).Count);
        Assert.Equal(votes == "withdraw", account.WithdrawnAt is not null);
        var line = await host.With<LabelerDb, AuditEntry>(db => db.AuditEntries.AsNoTracking().OrderByDescending(e => e.Id).FirstAsync(e => e.Action == "POST /people/{id:guid}/delete" && e.Outcome == AuditOutcome.Done));
        Assert.Contains(person.Account.ToString(), line.Subject);
        Assert.NotEmpty(rates);
    }

    [Fact]
    public async Task The_last_admin_cannot_be_deleted_and_nobody_twice()
    {
        await using var own = new WebHost();
        using var admin = await own.SignedIn("Only admin", Role.Admin);
        var id = await own.With<LabelerDb, Guid>(db => db.Users.Select(a => a.Id).SingleAsync());
        await admin.Post($"/people/{id}", $"/people/{id}/delete", ("votes", "keep"), ("name", "Only admin"));
        Assert.Contains("Somebody must remain", await admin.GetStringAsync($"/people/{id}"));
        var other = await own.Make("Goes once", Role.Annotator);
        await admin.Post($"/people/{other.Id}", $"/people/{other.Id}/delete", ("votes", "keep"), ("name", "Goes once"));
        var name = await own.With<LabelerDb, string>(db => db.Users.Where(a => a.Id == other.Id).Select(a => a.DisplayName).SingleAsync());
        await admin.Post("/people", $"/people/{other.Id}/delete", ("votes", "keep"), ("name", name));
        Assert.Contains("deleted already", await admin.GetStringAsync("/people"));
        // Neither a new password nor another role brings them back.
        await admin.Post("/people", $"/people/{other.Id}/enable");
        await admin.Post("/people", $"/people/{other.Id}/reset");
        Assert.False(await own.With<LabelerDb, bool>(db => db.Users.AnyAsync(a => a.Id == other.Id && (a.LockoutEnd == null || a.PasswordHash != null))));
    }

    [Fact]
    public async Task A_page_that_is_open_stops_for_a_deleted_person()
    {
        using var person = await AnnotatorClient.Open(host, "Leaves a page open");
        using var admin = await host.SignedIn("Deletes whose page is open", Role.Admin);
        var session = await host.With<LabelerDb, Session>(db => db.Sessions.SingleAsync(s => s.AccountId == person.Account));
        var account = await host.With<LabelerDb, Account>(db => db.Users.SingleAsync(a => a.Id == person.Account));
        ClaimsPrincipal user = new(new ClaimsIdentity(
            [new(ClaimTypes.NameIdentifier, person.Account.ToString()), new("session", session.Id.ToString()), new("AspNet.Identity.SecurityStamp", account.SecurityStamp!)], "test"));
        Assert.True(await host.Services.GetRequiredService<Rights>().Hold(user));
        await admin.Post($"/people/{person.Account}", $"/people/{person.Account}/delete", ("votes", "keep"), ("name", "Leaves a page open"));
        Assert.False(await host.Services.GetRequiredService<Rights>().Hold(user));
    }
}
