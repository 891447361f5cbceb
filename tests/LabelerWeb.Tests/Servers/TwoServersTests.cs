using System.Net;
using Labeler.Shared.Accounts;
using Labeler.Shared.Data;
using Labeler.Shared.Members;
using Labeler.Shared.Tests.Support;
using Labeler.Web.Components;
using Labeler.Web.Security;
using Labeler.Web.Tests.Members;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.Web.Tests.Servers;

/// <summary>What holds for two servers of one installation, whichever of them the proxy asks.</summary>
public sealed class TwoServersTests(DatabaseServer server) : IClassFixture<DatabaseServer>
{
    private const string Mistaken = "four other words there";

    [Fact]
    public Task On_sqlite_who_signed_in_at_one_is_signed_in_at_the_other() => SignedInAtBoth(Installation.OnSqlite());

    [PostgreSqlFact]
    public async Task Who_signed_in_at_one_is_signed_in_at_the_other_and_its_forms_are_taken_by_either() =>
        await SignedInAtBoth(await Installation.OnPostgreSql(server));

    [PostgreSqlFact]
    public async Task Wrong_passwords_at_both_count_together()
    {
        await using var two = await Installation.OnPostgreSql(server);
        await two.A.Make("Ada", Role.Annotator);
        var (a, b) = two.Browser();
        for (var n = 0; n < FailedSignIns.FreeFromOnePlace; n++)
        {
            Assert.Contains(PasswordGate.Wrong, await Said(n % 2 == 0 ? a : b, Mistaken));
        }
        Assert.Contains("Too many wrong passwords.", await Said(a, Forms.Password));
        Assert.Contains("Too many wrong passwords.", await Said(b, Forms.Password));
    }

    [PostgreSqlFact]
    public async Task Attempts_to_sign_in_are_limited_over_both()
    {
        await using var two = await Installation.OnPostgreSql(server, ("Web:SignInsPerMinute", "4"));
        var (a, b) = two.Browser();
        var answers = new List<HttpStatusCode>();
        for (var n = 0; n < 6; n++)
        {
            answers.Add((await (n % 2 == 0 ? a : b).SignIn("Nobody", Mistaken)).StatusCode);
        }
        Assert.Equal([.. Enumerable.Repeat(HttpStatusCode.OK, 4), .. Enumerable.Repeat(HttpStatusCode.TooManyRequests, 2)], answers);
    }

    [PostgreSqlFact]
    public async Task Who_is_removed_at_one_is_out_at_the_other_at_once_and_so_are_open_pages_and_tokens()
    {
        await using var two = await Installation.OnPostgreSql(server);
        await using var seeded = await two.Seed("Closed", groups: 1);
        var person = await two.A.Make("Bea", Role.Annotator);
        var project = seeded.Project.Id;
        await using (var db = await seeded.Open())
        {
            (await db.Projects.SingleAsync()).OpenToAll(false);
            await Member.Put(db, project, person.Id, ProjectRole.Annotator, null, DateTimeOffset.UtcNow);
            await db.SaveChangesAsync();
        }
        await two.A.Make("Lead of both", Role.Admin);
        var (admin, _) = two.Browser();
        await admin.SignIn("Lead of both");
        var (a, b) = two.Browser();
        await a.SignIn("Bea");
        Assert.Equal(HttpStatusCode.OK, (await b.GetAsync("/p/closed/label")).StatusCode);
        // An open page of the other server.
        var watch = two.B.Services.GetRequiredService<RightsWatch>();
        await watch.HasToldAll(async change => await two.A.With<LabelerDb, bool>(async db =>
        {
            await change(db);
            return true;
        }));
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var hears = watch.Hear(() =>
        {
            told.TrySetResult();
            return Task.CompletedTask;
        });
        await admin.Post("/p/closed/members", $"/members/{project}/{person.Id}/remove");
        Assert.Equal(HttpStatusCode.NotFound, (await b.GetAsync("/p/closed/label")).StatusCode);
        await told.Task.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.InRange(RightsWatch.Interval, TimeSpan.Zero, TimeSpan.FromSeconds(0.5));
    }

    [PostgreSqlFact]
    public async Task A_vote_at_one_is_told_to_the_pages_of_the_other_also_after_its_connection_was_cut()
    {
        await using var two = await Installation.OnPostgreSql(server);
        await using var seeded = await two.Seed("Told", groups: 4);
        using var annotator = await AnnotatorClient.Open(two.A, "Votes at A");
        var items = await annotator.Items(seeded.Project.Id);
        var changes = two.B.Services.GetRequiredService<LiveChanges>();
        await changes.Listens.WaitAsync(TimeSpan.FromSeconds(20));
        var strangers = 0;

        await IsTold(0);
        await using (var db = await seeded.Open())
        {
            var cut = await db.Database.SqlQuery<bool>(
                $"SELECT pg_terminate_backend(pid) AS \"Value\" FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'").ToListAsync();
            Assert.Equal([true, true], cut);
        }
        // Whoever listens again has everybody look once.
        var looked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using (changes.Hear(seeded.Project.Id, () => looked.TrySetResult()))
        {
            await looked.Task.WaitAsync(TimeSpan.FromSeconds(20));
        }
        await IsTold(1);

        async Task IsTold(int n)
        {
            var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using var hears = changes.Hear(seeded.Project.Id, () => told.TrySetResult());
            using var another = changes.Hear(seeded.Project.Id + 1, () => strangers++);
            Assert.Equal(["accepted"], await annotator.Send(AnnotatorClient.Flag(seeded.Project.Id, items[n], Guid.NewGuid(), 1)));
            await told.Task.WaitAsync(TimeSpan.FromSeconds(20));
            Assert.Equal(0, strangers);
        }
    }

    [PostgreSqlFact]
    public async Task Two_that_start_at_once_seed_the_demo_projects_once_and_make_one_key()
    {
        await using var two = await Installation.OnPostgreSql(server, ("Web:DemoProjects", "true"));
        await Task.WhenAll(Task.Run(() => two.A.Services), Task.Run(() => two.B.Services));
        var (projects, names, keys) = await two.A.With<LabelerDb, (int, int, int)>(async db =>
            (await db.Projects.CountAsync(), await db.Projects.Select(p => p.Name).Distinct().CountAsync(), await db.DataProtectionKeys.CountAsync()));
        Assert.True(projects > 0);
        Assert.Equal((names, 1), (projects, keys));
    }

    private static async Task SignedInAtBoth(Installation installation)
    {
        await using var two = installation;
        await two.A.Make("Cyd", Role.Annotator);
        var (a, b) = two.Browser();
        Assert.Equal(HttpStatusCode.Found, (await a.SignIn("Cyd")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await b.GetAsync("/account")).StatusCode);
        // The page of one, the post to the other.
        var token = await a.FormToken("/account");
        var answer = await b.PostAsync("/account/sign-out", new FormUrlEncodedContent([new("__RequestVerificationToken", token)]));
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await a.GetAsync("/account")).StatusCode);
    }

    private static async Task<string> Said(HttpClient browser, string password) => await (await browser.SignIn("Ada", password)).Content.ReadAsStringAsync();
}
