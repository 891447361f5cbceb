using Labeler.Shared.Accounts;
using Labeler.Shared.Data;
using Labeler.Shared.Projects;
using Labeler.Shared.Webhooks;
using Labeler.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Web.Tests.Webhooks;

/// <summary>Mail as leads ask for it, with the application sending and a mail server taking it.</summary>
public sealed class MailTests : IAsyncLifetime
{
    private readonly MailServer _server = new();
    private WebHost _host = null!;

    public Task InitializeAsync()
    {
        _host = new() { Settings = [("Mail:Host", "127.0.0.1"), ("Mail:Port", $"{_server.Port}"), ("Mail:Tls", "None"), ("Mail:From", "labeler@example.org")] };
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_lead_chooses_what_is_mailed_to_whom_and_what_a_worker_does_arrives()
    {
        await using var seeded = await SeededProject.Create(_host.Data, "Mailed of", LabelingTask.FlagBatch, groups: 1, finish: false);
        using var lead = await _host.SignedIn("Lead who has mail", Role.Lead);
        await Add(lead, seeded, "mailto:team@example.org");
        var page = await lead.GetStringAsync("/p/mailed-of/webhooks");
        Assert.Contains("is mailed to team@example.org", page, StringComparison.Ordinal);
        Assert.DoesNotContain("whsec_", page, StringComparison.Ordinal);
        await seeded.AddGroup(0);
        await seeded.Finish();
        var tries = 0;
        while (_server.Got.Count == 0 && tries++ < 600)
        {
            await Task.Delay(50);
        }
        var letter = Assert.Single(_server.Got);
        Assert.Contains("<team@example.org>", letter.To, StringComparison.Ordinal);
        Assert.Contains("Subject: Mailed of: all pictures of an epoch are there", letter.Text, StringComparison.Ordinal);
        // Who may not lead the project may not have its events mailed either.
        using var other = await _host.SignedIn("No lead", Role.Annotator);
        await Add(other, seeded, "mailto:other@example.org", from: "/label");
        Assert.Equal(1, await _host.With<LabelerDb, int>(db => db.Webhooks.CountAsync()));
    }

    [Fact]
    public async Task Without_a_mail_server_an_address_of_mail_is_refused_and_says_who_can_set_one_up()
    {
        await using var host = new WebHost();
        await using var seeded = await SeededProject.Create(host.Data, "Not mailed", LabelingTask.FlagBatch, groups: 1);
        using var lead = await host.SignedIn("Lead without mail", Role.Lead);
        await Add(lead, seeded, "mailto:team@example.org");
        Assert.Contains("No mail server is set up yet", await lead.GetStringAsync("/p/not-mailed/webhooks"), StringComparison.Ordinal);
        Assert.Equal(0, await host.With<LabelerDb, int>(db => db.Webhooks.CountAsync()));
    }

    private static Task<HttpResponseMessage> Add(HttpClient lead, SeededProject seeded, string address, string? from = null) =>
        lead.Post(from ?? $"/p/{seeded.Project.Slug}/webhooks", $"/webhooks/projects/{seeded.Project.Id}/new", ("name", "the team"), ("address", address), ("event", EventKind.EpochSampled.Name()));
}
