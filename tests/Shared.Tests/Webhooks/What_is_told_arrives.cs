using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Labeler.Shared.Data;
using Labeler.Shared.ModelServers;
using Labeler.Shared.Tests.Support;
using Labeler.Shared.Webhooks;
using Labeler.Shared.Webhooks.Sending;
using Labeler.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.Shared.Tests.Webhooks;

[Collection(Databases.Collection)]
public sealed class What_is_told_arrives(Databases databases) : IAsyncLifetime
{
    private Receiver _receiver = null!;

    public async Task InitializeAsync() => _receiver = await Receiver.Start();

    public async Task DisposeAsync() => await _receiver.DisposeAsync();

    [Theory, OnEachDatabase]
    public async Task Signed_so_that_its_receiver_can_check_it_and_once_where_it_is_taken(string database)
    {
        await using var world = await databases.World(database);
        using var queue = Queue(world);
        var (hook, secret) = await Hook(world, _receiver.Address);
        var id = await Tell(world, hook);
        Assert.Equal([hook], await queue.Due());
        Assert.Equal(1, await queue.Send(hook));
        Assert.Equal(0, await queue.Send(hook));
        Assert.Empty(await queue.Due());
        var got = Assert.Single(_receiver.Got);
        Assert.Equal((id.ToString(), $"{world.Now.ToUnixTimeSeconds()}"), (got.Id, got.Timestamp));
        // As docs/webhooks.md tells receivers to.
        var key = Convert.FromBase64String(secret["whsec_".Length..]);
        var signature = Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{got.Id}.{got.Timestamp}.{got.Body}")));
        Assert.Equal($"v1,{signature}", got.Signature);
        var delivery = await Read(world, id);
        Assert.Equal((DeliveryState.Delivered, 200), (delivery.State, Assert.Single(delivery.Attempts).Status));
    }

    [Fact]
    public async Task A_receiver_that_fails_gets_the_same_again_with_growing_pauses_until_it_takes_it()
    {
        await using var world = await databases.World(Databases.Sqlite);
        using var queue = Queue(world);
        var (hook, _) = await Hook(world, _receiver.Address);
        var id = await Tell(world, hook);
        _receiver.Misbehave = context => Answer(context, 500, "out of order");
        Assert.Equal(0, await queue.Send(hook));
        Assert.Empty(await queue.Due());
        for (var failure = 0; failure < 3; failure++)
        {
            world.Clock.Advance(Delivery.Pauses[failure] - TimeSpan.FromSeconds(1));
            Assert.Empty(await queue.Due());
            world.Clock.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(0, await queue.Send(hook));
        }
        _receiver.Misbehave = null;
        world.Clock.Advance(Delivery.Pauses[3]);
        Assert.Equal(1, await queue.Send(hook));
        Assert.Equal(5, _receiver.Got.Count);
        Assert.Single(_receiver.Got.Select(got => (got.Id, got.Body)).Distinct());
        Assert.Equal(5, _receiver.Got.Select(got => got.Signature).Distinct().Count());
        var attempts = (await Read(world, id)).Attempts;
        Assert.Equal([500, 500, 500, 500, 200], attempts.Select(attempt => attempt.Status ?? 0));
        Assert.Equal(("out of order", null), (attempts[0].Said, attempts[^1].Said));
        Assert.Equal(Delivery.Pauses.Order(), Delivery.Pauses);
    }

    [Theory]
    [InlineData("resets")]
    [InlineData("redirects")]
    [InlineData("answers with nonsense")]
    public async Task A_receiver_that_lies_is_read_no_further_and_followed_nowhere(string way)
    {
        await using var world = await databases.World(Databases.Sqlite);
        await using var inside = await Receiver.Start();
        using var queue = Queue(world);
        var (hook, _) = await Hook(world, _receiver.Address);
        var id = await Tell(world, hook);
        _receiver.Misbehave = async context =>
        {
            switch (way)
            {
                case "resets":
                    context.Abort();
                    break;
                case "redirects":
                    context.Response.StatusCode = 307;
                    context.Response.Headers.Location = inside.Address;
                    break;
                case "answers with nonsense":
                    context.Response.StatusCode = 400;
                    await context.Response.Body.WriteAsync(new byte[] { 0, 1, 2, 255, 254, 10, 13 });
                    break;
                default:
                    throw new ArgumentException(way);
            }
        };
        Assert.Equal(0, await queue.Send(hook));
        Assert.Empty(inside.Got);
        var attempt = Assert.Single((await Read(world, id)).Attempts);
        Assert.NotNull(attempt.Said);
        Assert.DoesNotContain(attempt.Said, char.IsControl);
        Assert.InRange(attempt.Said.Length, 1, 201);
        _receiver.Misbehave = null;
        world.Clock.Advance(Delivery.Pauses[0]);
        Assert.Equal(1, await queue.Send(hook));
    }

    // A socket of its own: the web server goes on taking what it is given for a while after its client has left.
    [Fact]
    public async Task A_refusal_without_an_end_is_read_no_further_than_its_beginning()
    {
        await using var world = await databases.World(Databases.Sqlite);
        using var queue = Queue(world);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var (hook, _) = await Hook(world, $"http://{listener.LocalEndpoint}/told");
        var id = await Tell(world, hook);
        var endless = Task.Run(async () =>
        {
            using var client = await listener.AcceptSocketAsync();
            await client.SendAsync(Encoding.ASCII.GetBytes("HTTP/1.1 500 Broken\r\nContent-Type: text/plain\r\n\r\n"));
            var sent = 0L;
            try
            {
                for (var much = new byte[1 << 16]; ;)
                {
                    sent += await client.SendAsync(much);
                }
            }
            catch (SocketException)
            {
                return sent;
            }
        });
        Assert.Equal(0, await queue.Send(hook));
        Assert.InRange(await endless, 1, 50_000_000);
        var attempt = Assert.Single((await Read(world, id)).Attempts);
        Assert.Equal((500, "a long answer"), (attempt.Status ?? 0, attempt.Said));
    }

    [Fact]
    public async Task A_taken_message_is_taken_however_long_its_answer_goes_on()
    {
        await using var world = await databases.World(Databases.Sqlite);
        using var queue = Queue(world);
        var (hook, _) = await Hook(world, _receiver.Address);
        await Tell(world, hook);
        _receiver.Misbehave = async context =>
        {
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.WriteAsync("and so on ", context.RequestAborted);
            }
        };
        Assert.Equal(1, await queue.Send(hook));
    }

    [Fact]
    public async Task Addresses_of_this_machine_and_of_private_networks_are_refused_as_those_of_rewards_are()
    {
        await using var world = await databases.World(Databases.Sqlite);
        using var queue = Queue(world, allowPrivate: false);
        foreach (var address in new[] { _receiver.Address, _receiver.Address.Replace("127.0.0.1", "localhost", StringComparison.Ordinal), "http://169.254.169.254/latest/" })
        {
            var (hook, _) = await Hook(world, address);
            var id = await Tell(world, hook);
            Assert.Equal(0, await queue.Send(hook));
            Assert.Contains("private network", Assert.Single((await Read(world, id)).Attempts).Said, StringComparison.Ordinal);
        }
        Assert.Empty(_receiver.Got);
        Assert.Equal(ServerAddress.Rule, Assert.Throws<LabelerException>(() => new Webhook(null, "x", "file:///etc/passwd", [EventKind.EpochReady], "", null, world.Now)).Message);
        Assert.Throws<LabelerException>(() => new Webhook(null, "x", "https://me:secret@example.com/", [EventKind.EpochReady], "", null, world.Now));
    }

    [Theory, OnEachDatabase]
    public async Task What_a_sender_that_died_had_in_hand_is_sent_by_the_next(string database)
    {
        await using var world = await databases.World(database);
        var (hook, _) = await Hook(world, _receiver.Address);
        var id = await Tell(world, hook);
        // It takes the message in hand, and is never heard of again.
        using (var dead = Queue(world))
        {
            Assert.True(await dead.Claim(id));
        }
        using var next = Queue(world);
        Assert.False(await next.Claim(id));
        Assert.Equal(0, await next.Send(hook));
        world.Clock.Advance(Delivery.Lease + TimeSpan.FromSeconds(1));
        Assert.Equal(1, await next.Send(hook));
        Assert.Equal(id.ToString(), Assert.Single(_receiver.Got).Id);
    }

    [Fact]
    public async Task Two_processes_that_send_at_once_do_not_send_the_same()
    {
        await using var world = await databases.World(Databases.Sqlite);
        await using var other = world.AnotherProcess();
        var (hook, _) = await Hook(world, _receiver.Address);
        for (var n = 0; n < 12; n++)
        {
            await Tell(world, hook);
        }
        using var here = Queue(world);
        using var there = new DeliveryQueue(other.GetRequiredService<IDbContextFactory<LabelerDb>>(), other.GetRequiredService<WebhookSecrets>(), new() { AllowPrivateAddresses = true }, new(), world.Clock);
        var taken = await Task.WhenAll(here.Send(hook), there.Send(hook));
        Assert.Equal(12, taken.Sum());
        Assert.Equal(12, _receiver.Got.Select(got => got.Id).Distinct().Count());
        Assert.Equal(12, _receiver.Got.Count);
    }

    [Fact]
    public async Task A_webhook_whose_receiver_is_gone_gives_up_and_what_it_missed_arrives_when_it_is_switched_on()
    {
        await using var world = await databases.World(Databases.Sqlite);
        using var queue = Queue(world);
        var (hook, _) = await Hook(world, _receiver.Address);
        await Tell(world, hook);
        _receiver.Misbehave = context => Answer(context, 503, "closed");
        await queue.Send(hook);
        foreach (var pause in Delivery.Pauses)
        {
            Assert.Equal(WebhookState.On, (await State(world, hook)).State);
            world.Clock.Advance(pause);
            await queue.Send(hook);
        }
        Assert.Equal((WebhookState.GaveUp, "closed"), await State(world, hook));
        Assert.Equal(Delivery.Pauses.Count + 1, _receiver.Got.Count);
        await using (var db = world.Open())
        {
            Assert.Equal("webhook gave up", (await db.AuditEntries.SingleAsync()).Action);
        }
        _receiver.Misbehave = null;
        var missed = await Tell(world, hook);
        Assert.Empty(await queue.Due());
        await Change(world, hook, webhook => webhook.SwitchOn());
        Assert.Equal(1, await queue.Send(hook));
        Assert.Equal(missed.ToString(), _receiver.Got[^1].Id);
        // What failed for good is sent again by hand, as the same.
        var failed = _receiver.Got[0].Id;
        await using (var db = world.Open())
        {
            (await db.Deliveries.SingleAsync(d => d.Id == Guid.Parse(failed))).Again(world.Now);
            await db.SaveChangesAsync();
        }
        Assert.Equal(1, await queue.Send(hook));
        Assert.Equal(failed, _receiver.Got[^1].Id);
    }

    [Fact]
    public async Task One_message_that_nobody_takes_does_not_stop_a_webhook_that_takes_others()
    {
        await using var world = await databases.World(Databases.Sqlite);
        using var queue = Queue(world);
        var (hook, _) = await Hook(world, _receiver.Address);
        var poison = await Tell(world, hook);
        _receiver.Misbehave = context => Answer(context, _receiver.Got[^1].Id == poison.ToString() ? 422 : 200, "");
        await queue.Send(hook);
        foreach (var pause in Delivery.Pauses)
        {
            world.Clock.Advance(pause);
            await queue.Send(hook);
            await Tell(world, hook);
            Assert.Equal(1, await queue.Send(hook));
        }
        Assert.Equal(DeliveryState.Failed, (await Read(world, poison)).State);
        Assert.Equal(WebhookState.On, (await State(world, hook)).State);
    }

    [Fact]
    public async Task A_receiver_that_says_it_is_gone_is_believed_at_once()
    {
        await using var world = await databases.World(Databases.Sqlite);
        using var queue = Queue(world);
        var (hook, _) = await Hook(world, _receiver.Address);
        await Tell(world, hook);
        _receiver.Misbehave = context => Answer(context, (int)HttpStatusCode.Gone, "");
        await queue.Send(hook);
        Assert.Equal(WebhookState.GaveUp, (await State(world, hook)).State);
    }

    [Fact]
    public async Task The_log_forgets_what_is_old_but_nothing_that_is_still_to_be_sent()
    {
        await using var world = await databases.World(Databases.Sqlite);
        using var queue = Queue(world);
        var (hook, _) = await Hook(world, _receiver.Address);
        var done = await Tell(world, hook);
        await queue.Send(hook);
        var waiting = await Tell(world, hook);
        world.Clock.Advance(Delivery.Kept + TimeSpan.FromDays(1));
        await queue.RemoveOld();
        await using var db = world.Open();
        Assert.Equal([waiting], await db.Deliveries.Select(d => d.Id).ToListAsync());
        Assert.NotEqual(done, waiting);
    }

    private static async Task Answer(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        await context.Response.WriteAsync(text);
    }

    private static DeliveryQueue Queue(World world, bool allowPrivate = true) =>
        new(world.Contexts, world.Get<WebhookSecrets>(), new ReachOptions { AllowPrivateAddresses = allowPrivate }, new(), world.Clock);

    private static async Task<(long Id, string Secret)> Hook(World world, string address)
    {
        var (shown, kept) = world.Get<WebhookSecrets>().Make();
        var webhook = new Webhook(null, "a program", address, [EventKind.EpochReady], kept, null, world.Now);
        await using var db = world.Open();
        db.Add(webhook);
        await db.SaveChangesAsync();
        return (webhook.Id, shown);
    }

    private static async Task<Guid> Tell(World world, long hook)
    {
        await using var db = world.Open();
        var delivery = new Delivery(hook, EventKind.EpochReady, """{"type":"epoch.ready"}""", world.Now);
        db.Add(delivery);
        await db.SaveChangesAsync();
        return delivery.Id;
    }

    private static async Task<Delivery> Read(World world, Guid id)
    {
        await using var db = world.Open();
        return await db.Deliveries.AsNoTracking().SingleAsync(d => d.Id == id);
    }

    private static async Task<(WebhookState State, string? Trouble)> State(World world, long hook)
    {
        await using var db = world.Open();
        var webhook = await db.Webhooks.AsNoTracking().SingleAsync(w => w.Id == hook);
        return (webhook.State, webhook.Trouble);
    }

    private static async Task Change(World world, long hook, Action<Webhook> verb)
    {
        await using var db = world.Open();
        verb(await db.Webhooks.SingleAsync(w => w.Id == hook));
        await db.SaveChangesAsync();
    }
}
