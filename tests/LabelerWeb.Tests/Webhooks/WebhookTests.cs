using System.Net;
using System.Text.RegularExpressions;
using Labeler.Shared.Accounts;
using Labeler.Shared.Audit;
using Labeler.Shared.Data;
using Labeler.Shared.Members;
using Labeler.Shared.Projects;
using Labeler.Shared.Webhooks;
using Labeler.Shared.Webhooks.Sending;
using Labeler.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Web.Tests.Webhooks;

/// <summary>Webhooks as leads set them up, with the application sending and programs receiving.</summary>
public sealed partial class WebhookTests : IAsyncLifetime
{
    private readonly WebHost _host = new() { Settings = [("Rewards:AllowPrivateAddresses", "true")] };
    private Receiver _receiver = null!;
    private SeededProject _seeded = null!;
    private HttpClient _lead = null!;

    public async Task InitializeAsync()
    {
        _receiver = await Receiver.Start();
        _lead = await _host.SignedIn("Lead who is told", Role.Lead);
        _seeded = await SeededProject.Create(_host.Data, "Told of", LabelingTask.FlagBatch, groups: 1, finish: false);
    }

    public async Task DisposeAsync()
    {
        _lead.Dispose();
        await _seeded.DisposeAsync();
        await _host.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task A_lead_adds_one_is_shown_its_secret_once_and_what_a_worker_does_arrives_signed_with_it()
    {
        var (hook, secret) = await Add(_receiver);
        Assert.Equal("", await SecretOn($"/webhooks/{hook}"));
        var kept = await _host.With<LabelerDb, Webhook>(db => db.Webhooks.SingleAsync());
        Assert.DoesNotContain(secret, kept.ProtectedSecret, StringComparison.Ordinal);
        var line = await _host.With<LabelerDb, AuditEntry>(db => db.AuditEntries.SingleAsync(entry => entry.Action == "POST /webhooks/projects/{id:long}/new"));
        Assert.Contains(_receiver.Address, line.After);
        Assert.DoesNotContain("whsec_", line.After, StringComparison.Ordinal);
        Assert.DoesNotContain(kept.ProtectedSecret, line.After, StringComparison.Ordinal);
        Assert.Equal(_seeded.Project.Id, line.ProjectId);

        // As a worker's process would, which sends nothing itself.
        await _seeded.AddGroup(0);
        await _seeded.Finish();
        await Until(() => Task.FromResult(_receiver.Got.Count == 1));
        var got = _receiver.Got[0];
        Assert.Contains("\"epoch.sampled\"", got.Body, StringComparison.Ordinal);
        Assert.Equal(WebhookSecrets.Sign(secret, Guid.Parse(got.Id), DateTimeOffset.FromUnixTimeSeconds(long.Parse(got.Timestamp)), got.Body), got.Signature);
        var shown = await _lead.GetStringAsync($"/webhooks/{hook}?delivery={got.Id}");
        Assert.Contains("epoch.sampled", shown);
        Assert.Contains(got.Id, shown);
    }

    [Fact]
    public async Task One_that_is_slow_and_one_that_fails_hold_up_neither_another_nor_a_vote()
    {
        await using var slow = await Receiver.Start();
        await using var failing = await Receiver.Start();
        slow.Misbehave = context => Task.Delay(Timeout.Infinite, context.RequestAborted);
        failing.Misbehave = context => { context.Response.StatusCode = StatusCodes.Status500InternalServerError; return Task.CompletedTask; };
        await Add(slow);
        await Add(failing);
        await Add(_receiver);
        await _seeded.AddGroup(0);
        await _seeded.Finish();
        await Until(() => Task.FromResult(slow.Got.Count == 1 && failing.Got.Count == 1 && _receiver.Got.Count == 1));
        using var annotator = await AnnotatorClient.Open(_host, "Annotator beside");
        var item = Assert.Single(await annotator.Items(_seeded.Project.Id));
        Assert.Equal(["accepted"], await annotator.Send(AnnotatorClient.Flag(_seeded.Project.Id, item, Guid.NewGuid(), 1)));
        var states = await States();
        Assert.Equal([DeliveryState.Waiting, DeliveryState.Waiting, DeliveryState.Delivered], states.Select(one => one.State));
        // The slow one is left alone after a while, and is asked again later.
        await Until(async () => (await States())[0].Attempts.Count == 1);
        Assert.Contains("no answer within", (await States())[0].Attempts[0].Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_test_event_says_at_once_what_came_of_it()
    {
        var (hook, _) = await Add(_receiver);
        await _lead.Press($"/webhooks/{hook}", "Send a test event");
        Assert.Contains("It arrived: answered 200", await _lead.GetStringAsync($"/webhooks/{hook}"));
        Assert.Contains("\"type\":\"test\"", Assert.Single(_receiver.Got).Body, StringComparison.Ordinal);
        _receiver.Misbehave = context => { context.Response.StatusCode = 418; return context.Response.WriteAsync("short and stout"); };
        await _lead.Press($"/webhooks/{hook}", "Send a test event");
        var page = await _lead.GetStringAsync($"/webhooks/{hook}");
        Assert.Contains("answered 418. short and stout", page);
        _receiver.Misbehave = null;
        var first = _receiver.Got[0];
        await _lead.Press($"/webhooks/{hook}?delivery={first.Id}", "Send it again");
        Assert.Equal((first.Id, first.Body), (_receiver.Got[^1].Id, _receiver.Got[^1].Body));
        Assert.Equal(3, _receiver.Got.Count);
    }

    [Fact]
    public async Task One_that_switched_itself_off_says_so_where_leads_and_admins_look()
    {
        var (hook, _) = await Add(_receiver);
        _receiver.Misbehave = context => { context.Response.StatusCode = StatusCodes.Status410Gone; return context.Response.WriteAsync("nobody lives here"); };
        await _seeded.AddGroup(0);
        await _seeded.Finish();
        await Until(async () => await _host.With<LabelerDb, bool>(db => db.Webhooks.AnyAsync(w => w.State == WebhookState.GaveUp)));
        Assert.Contains("nobody lives here", await _lead.GetStringAsync($"/webhooks/{hook}"));
        Assert.Contains("switched itself off", await _lead.GetStringAsync("/p/told-of"));
        using var admin = await _host.SignedIn("Admin who is told", Role.Admin);
        Assert.Contains("switched itself off", await admin.GetStringAsync("/system"));
        using var annotator = await _host.SignedIn("Not told", Role.Annotator);
        Assert.Equal(HttpStatusCode.Forbidden, (await annotator.GetAsync($"/webhooks/{hook}")).StatusCode);
        _receiver.Misbehave = null;
        await _lead.Press($"/webhooks/{hook}", "Switch on");
        await Until(() => Task.FromResult(_receiver.Got.Count == 2));
        Assert.Equal(_receiver.Got[0].Id, _receiver.Got[1].Id);
        Assert.DoesNotContain("switched itself off", await _lead.GetStringAsync("/p/told-of"));
    }

    [Fact]
    public async Task A_new_secret_takes_the_old_one_s_place_and_one_that_is_removed_is_told_nothing()
    {
        var (hook, old) = await Add(_receiver);
        await _lead.Press($"/webhooks/{hook}", "New secret");
        var secret = await SecretOn($"/webhooks/{hook}");
        Assert.NotEqual(old, secret);
        await _lead.Press($"/webhooks/{hook}", "Send a test event");
        var got = Assert.Single(_receiver.Got);
        Assert.Equal(WebhookSecrets.Sign(secret, Guid.Parse(got.Id), DateTimeOffset.FromUnixTimeSeconds(long.Parse(got.Timestamp)), got.Body), got.Signature);
        var answer = await _lead.Press($"/webhooks/{hook}", "Remove");
        Assert.Equal("/p/told-of/webhooks", answer.Headers.Location!.OriginalString);
        await _seeded.AddGroup(0);
        await _seeded.Finish();
        Assert.Equal(0, await _host.With<LabelerDb, int>(db => db.Deliveries.CountAsync()));
    }

    [Fact]
    public async Task A_lead_of_one_project_has_nothing_to_do_with_those_of_another_or_of_the_installation()
    {
        await _host.With<LabelerDb, int>(async db =>
        {
            (await db.Projects.SingleAsync()).OpenToAll(false);
            await Member.Put(db, _seeded.Project.Id, await db.Users.Where(a => a.DisplayName == "Lead who is told").Select(a => a.Id).SingleAsync(), ProjectRole.Lead, null, DateTimeOffset.UtcNow);
            return await db.SaveChangesAsync();
        });
        var (hook, _) = await Add(_receiver);
        using var admin = await _host.SignedIn("Admin of all", Role.Admin);
        var everywhere = await admin.Post("/system/webhooks", "/system/webhooks/new", ("name", "All"), ("address", _receiver.Address), ("event", "epoch.trained"));
        using var other = await _host.SignedIn("Lead elsewhere", Role.Lead);
        Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync($"/webhooks/{hook}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await other.PostAsync($"/webhooks/{hook}/remove", null)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _lead.GetAsync(everywhere.Headers.Location)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await _lead.GetAsync("/system/webhooks")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await admin.GetAsync(everywhere.Headers.Location)).StatusCode);
    }

    private async Task<(long Hook, string Secret)> Add(Receiver receiver)
    {
        var answer = await _lead.Post("/p/told-of/webhooks", $"/webhooks/projects/{_seeded.Project.Id}/new",
            [("name", "A program"), ("address", receiver.Address), .. EventKinds.All.Select(one => ("event", one.Name))]);
        var page = answer.Headers.Location!.OriginalString;
        return (long.Parse(page[(page.LastIndexOf('/') + 1)..]), await SecretOn(page));
    }

    private async Task<string> SecretOn(string page) => Secret().Match(WebUtility.HtmlDecode(await _lead.GetStringAsync(page))).Value;

    private Task<List<Delivery>> States() => _host.With<LabelerDb, List<Delivery>>(db => db.Deliveries.AsNoTracking().OrderBy(d => d.WebhookId).ToListAsync());

    private static async Task Until(Func<Task<bool>> happened)
    {
        for (var tries = 0; tries < 600 && !await happened(); tries++)
        {
            await Task.Delay(100);
        }
        Assert.True(await happened());
    }

    [GeneratedRegex("whsec_[A-Za-z0-9+/=]{40,}")]
    private static partial Regex Secret();
}
