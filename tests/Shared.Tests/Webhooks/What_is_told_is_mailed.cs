using Labeler.Shared.Data;
using Labeler.Shared.Tests.Support;
using Labeler.Shared.Webhooks;
using Labeler.Shared.Webhooks.Sending;
using Labeler.Tests.Support;
using Microsoft.EntityFrameworkCore;
using MimeKit;

namespace Labeler.Shared.Tests.Webhooks;

[Collection(Databases.Collection)]
public sealed class What_is_told_is_mailed(Databases databases) : IAsyncLifetime
{
    private readonly MailServer _server = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory, OnEachDatabase]
    public async Task A_letter_says_what_happened_and_no_name_of_a_project_becomes_a_header(string database)
    {
        await using var world = await databases.World(database);
        using var queue = Queue(world);
        var hook = await Hook(world);
        var id = await Tell(world, hook, "Knees\r\nBcc: everybody@example.org\r\n\r\nHands \u624b");
        Assert.Equal(1, await queue.Send(hook));
        var letter = Assert.Single(_server.Got);
        Assert.Contains("<labeler@example.org>", letter.From, StringComparison.Ordinal);
        Assert.Contains("<lead@example.org>", letter.To, StringComparison.Ordinal);
        using var message = await Read(letter);
        Assert.Equal(("Knees  Bcc: everybody@example.org    Hands \u624b: an epoch has enough votes to train on", $"{id}@example.org"), (message.Subject, message.MessageId));
        Assert.Equal(("lead@example.org", 0, "auto-generated"), (message.To.Mailboxes.Single().Address, message.Bcc.Count, message.Headers["Auto-Submitted"]));
        Assert.Contains("epoch: 4", message.TextBody, StringComparison.Ordinal);
        Assert.Contains("note: a\u2026 line  and another", message.TextBody, StringComparison.Ordinal);
        var delivery = await Read(world, id);
        Assert.Equal((DeliveryState.Delivered, 250), (delivery.State, Assert.Single(delivery.Attempts).Status));
    }

    [Theory]
    [InlineData("RCPT", "550 no such mailbox", 550, "no such mailbox")]
    [InlineData("RCPT", "450 later", 450, "later")]
    [InlineData(".", "451 out of order", 451, "out of order")]
    [InlineData("MAIL", "421 goodbye", 421, "goodbye")]
    public async Task What_a_server_refuses_is_sent_again_after_the_same_pauses_as_to_programs(string command, string answer, int status, string said)
    {
        await using var world = await databases.World(Databases.Sqlite);
        using var queue = Queue(world);
        var hook = await Hook(world);
        var id = await Tell(world, hook, "Knees");
        _server.Answers = heard => heard == command ? answer : null;
        Assert.Equal(0, await queue.Send(hook));
        Assert.Equal((status, said), ((await Read(world, id)).Attempts[0].Status, (await Read(world, id)).Attempts[0].Said));
        Assert.Empty(await queue.Due());
        world.Clock.Advance(Delivery.Pauses[0]);
        _server.Answers = _ => null;
        Assert.Equal(1, await queue.Send(hook));
        using var message = await Read(_server.Got[^1]);
        Assert.Equal($"{id}@example.org", message.MessageId);
    }

    [Fact]
    public async Task A_server_that_falls_silent_that_is_gone_or_that_cannot_encrypt_is_an_attempt_that_failed()
    {
        await using var world = await databases.World(Databases.Sqlite);
        var hook = await Hook(world);
        var id = await Tell(world, hook, "Knees");
        using (var plain = Queue(world, MailTls.StartTls))
        {
            Assert.Contains("STARTTLS", (await plain.SendNow(id, hook))!.Said, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(_server.Heard, line => line.StartsWith("MAIL", StringComparison.Ordinal));
        }
        await Again(world, id);
        using var queue = Queue(world);
        _server.Answers = heard => heard == "" ? "554 not today" : null;
        Assert.Contains("not today", (await queue.SendNow(id, hook))!.Said, StringComparison.Ordinal);
        await Again(world, id);
        using var off = new DeliveryQueue(world.Contexts, world.Get<WebhookSecrets>(), new(), new(), world.Clock);
        Assert.Contains("no mail server", (await off.SendNow(id, hook))!.Said, StringComparison.Ordinal);
        await Again(world, id);
        _server.Answers = heard => heard == "" ? "" : null;
        using var hasty = Queue(world, patience: TimeSpan.FromMilliseconds(200));
        Assert.Contains("no answer within", (await hasty.SendNow(id, hook))!.Said, StringComparison.Ordinal);
        await Again(world, id);
        _server.Stop();
        Assert.NotNull((await queue.SendNow(id, hook))!.Said);
        Assert.Empty(_server.Got);
    }

    [Theory]
    [InlineData("mailto:")]
    [InlineData("mailto:nobody")]
    [InlineData("mailto:a@b@example.org")]
    [InlineData("mailto:a@example.org,b@example.org")]
    [InlineData("mailto:a@example.org?bcc=b@example.org")]
    [InlineData("mailto:a%0abcc:b@example.org")]
    [InlineData("mailto:a@example.org\nBcc: b@example.org")]
    [InlineData("mailto:\"a b\"@example.org")]
    [InlineData("mailto:Name <a@example.org>")]
    [InlineData("mailto:a..b@example.org")]
    [InlineData("mailto:a@-example.org")]
    [InlineData("mailto:a@[127.0.0.1]")]
    public void An_address_that_is_not_one_plain_mailbox_is_refused(string address) =>
        Assert.StartsWith("The e-mail address is one plain", Assert.Throws<LabelerException>(() => new Webhook(null, "a lead", address, [EventKind.EpochReady], "", null, DateTimeOffset.UnixEpoch)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_long_address_is_refused_and_settings_that_would_send_a_secret_in_the_clear_too()
    {
        Assert.False(MailTo.IsMailbox($"{new string('a', 65)}@example.org"));
        Assert.False(MailTo.IsMailbox($"a@{string.Join('.', Enumerable.Repeat(new string('b', 60), 5))}"));
        Assert.True(MailTo.IsMailbox("first.last+tag@mail.example.org"));
        new MailOptions().Check();
        Assert.Contains("Mail:Tls", Assert.Throws<LabelerException>(new MailOptions { Host = "h", From = "a@example.org", User = "u", Tls = MailTls.None }.Check).Message, StringComparison.Ordinal);
        Assert.Contains("Mail:From", Assert.Throws<LabelerException>(new MailOptions { Host = "h", From = "a\r\nb" }.Check).Message, StringComparison.Ordinal);
        Assert.Contains("Mail:Patience", Assert.Throws<LabelerException>(new MailOptions { Host = "h", From = "a@example.org", Patience = Delivery.Lease }.Check).Message, StringComparison.Ordinal);
    }

    private DeliveryQueue Queue(World world, MailTls tls = MailTls.None, TimeSpan? patience = null) => new(world.Contexts, world.Get<WebhookSecrets>(), new(),
        new() { Host = "127.0.0.1", Port = _server.Port, Tls = tls, From = "labeler@example.org", Patience = patience ?? TimeSpan.FromSeconds(20) }, world.Clock);

    private static async Task<MimeMessage> Read(MailServer.Letter letter)
    {
        using var text = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(letter.Text));
        return await MimeMessage.LoadAsync(text);
    }

    private static async Task<long> Hook(World world)
    {
        var webhook = new Webhook(null, "a lead", "mailto:lead@example.org", [EventKind.EpochReady], world.Get<WebhookSecrets>().Make().Protected, null, world.Now);
        await using var db = world.Open();
        db.Add(webhook);
        await db.SaveChangesAsync();
        return webhook.Id;
    }

    private static async Task<Guid> Tell(World world, long hook, string project)
    {
        var body = JsonText.Write(new { type = "epoch.ready", timestamp = world.Now, data = new { project = new { id = 3, slug = "knees", name = project }, about = new { epoch = 4, note = "a\u2026 line\r\nand another" } } });
        await using var db = world.Open();
        var delivery = new Delivery(hook, EventKind.EpochReady, body, world.Now);
        db.Add(delivery);
        await db.SaveChangesAsync();
        return delivery.Id;
    }

    private static async Task Again(World world, Guid id)
    {
        await using var db = world.Open();
        (await db.Deliveries.SingleAsync(d => d.Id == id)).Again(world.Now);
        await db.SaveChangesAsync();
    }

    private static async Task<Delivery> Read(World world, Guid id)
    {
        await using var db = world.Open();
        return await db.Deliveries.AsNoTracking().SingleAsync(d => d.Id == id);
    }
}
