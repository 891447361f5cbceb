using System.Net;
using Labeler.Shared;
using Labeler.Shared.Data;
using Labeler.Shared.Data.Servers;
using Labeler.Web.Security;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Labeler.Web.Tests;

public sealed class FailedSignInsTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("labeler-").FullName;
    private readonly ServiceProvider _services;
    private readonly IDbContextFactory<LabelerDb> _contexts;
    private readonly FailedSignIns _failures;

    public FailedSignInsTests()
    {
        _services = new ServiceCollection().AddLabelerData(new ConfigurationBuilder().Build(), _folder).BuildServiceProvider();
        _contexts = _services.GetRequiredService<IDbContextFactory<LabelerDb>>();
        _failures = new(_contexts, _clock);
    }

    public Task InitializeAsync() => _services.GetRequiredService<Migrator>().Apply();

    public async Task DisposeAsync()
    {
        await _services.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Each_further_failure_from_one_place_doubles_the_delay_up_to_a_quarter_of_an_hour()
    {
        await Fail("ada", "192.0.2.1", FailedSignIns.FreeFromOnePlace);
        var delays = new List<double>();
        for (var n = 0; n < 9; n++)
        {
            var wait = await _failures.Begin(From("ada", "192.0.2.1"));
            delays.Add(wait.TotalSeconds);
            _clock.Advance(wait);
            await Fail("ada", "192.0.2.1", 1);
        }
        Assert.Equal([10, 20, 40, 80, 160, 320, 640, 900, 900], delays);
    }

    [Fact]
    public async Task Many_tries_at_the_same_time_gain_nothing()
    {
        var waits = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => Task.Run(() => _failures.Begin(From("ada", "192.0.2.1")))));
        Assert.Equal(FailedSignIns.FreeFromOnePlace, waits.Count(wait => wait == TimeSpan.Zero));
    }

    [Fact]
    public async Task The_right_password_lets_its_place_begin_anew()
    {
        await Fail("ada", "192.0.2.1", FailedSignIns.FreeFromOnePlace - 1);
        var attempt = From("ada", "192.0.2.1");
        Assert.Equal(TimeSpan.Zero, await _failures.Begin(attempt));
        await _failures.Succeed(attempt);
        Assert.Equal(TimeSpan.Zero, await _failures.Begin(attempt));
    }

    [Fact]
    public async Task A_name_is_slowed_for_strangers_everywhere_and_never_for_its_own_devices()
    {
        for (var n = 0; n < FailedSignIns.FreeFromEverywhere; n++)
        {
            Assert.Equal(TimeSpan.Zero, await _failures.Begin(From("ada", $"192.0.2.{n}")));
        }
        Assert.Equal(TimeSpan.FromSeconds(10), await _failures.Begin(From("ADA ", "203.0.113.9")));
        Assert.Equal(TimeSpan.Zero, await _failures.Begin(From("bo", "203.0.113.9")));
        Assert.Equal(TimeSpan.Zero, await _failures.Begin(PasswordTry.Of("ada", Guid.NewGuid(), IPAddress.Parse("192.0.2.1"))));
    }

    [Fact]
    public async Task The_addresses_of_one_network_are_one_place()
    {
        Assert.Equal(From("ada", "2001:db8:1:2::1"), From("ada", "2001:db8:1:2:ffff::9"));
        Assert.NotEqual(From("ada", "2001:db8:1:2::1"), From("ada", "2001:db8:1:3::1"));
        Assert.Equal(From("ada", "192.0.2.1"), From("ada", "::ffff:192.0.2.1"));
    }

    [Fact]
    public async Task Names_without_end_fill_no_disk_and_wipe_out_no_count()
    {
        await Fail("ada", "192.0.2.1", FailedSignIns.FreeFromOnePlace);
        await using (var db = await _contexts.CreateDbContextAsync())
        {
            await db.Database.ExecuteSqlAsync(
                $"""
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {FailureCounters.Capacity})
                INSERT INTO "Counters" ("Kind", "Key", "Count", "At") SELECT kind, 'nobody ' || i, 1, {_clock.GetUtcNow().ToUnixTimeMilliseconds()}
                FROM n, (SELECT {(int)CounterKind.FailuresOfPlace} AS kind UNION SELECT {(int)CounterKind.FailuresOfName})
                """);
        }
        await _failures.Begin(From("nobody" + new string('x', 10_000), "2001:db8::1"));
        await using (var db = await _contexts.CreateDbContextAsync())
        {
            Assert.InRange(await db.Counters.CountAsync(), FailureCounters.Capacity, 2 * FailureCounters.Capacity);
        }
        Assert.Equal(TimeSpan.FromSeconds(10), await _failures.Begin(From("ada", "192.0.2.1")));
    }

    [Fact]
    public async Task What_is_typed_as_a_name_stands_nowhere_in_the_database()
    {
        await Fail("my password by mistake", "192.0.2.1", 1);
        await using var db = await _contexts.CreateDbContextAsync();
        var kept = await db.Counters.Select(counter => counter.Key).ToListAsync();
        Assert.Equal(2, kept.Count);
        Assert.All(kept, key => Assert.Matches("^[0-9a-f]{64}$", key));
    }

    [Fact]
    public async Task After_an_hour_in_peace_everything_is_forgotten()
    {
        await Fail("ada", "192.0.2.1", FailedSignIns.FreeFromOnePlace);
        _clock.Advance(FailureCounters.Memory + TimeSpan.FromSeconds(1));
        await Fail("ada", "192.0.2.1", FailedSignIns.FreeFromOnePlace);
        Assert.Equal(TimeSpan.FromSeconds(10), await _failures.Begin(From("ada", "192.0.2.1")));
    }

    private async Task Fail(string name, string address, int times)
    {
        for (var n = 0; n < times; n++)
        {
            Assert.Equal(TimeSpan.Zero, await _failures.Begin(From(name, address)));
        }
    }

    private static PasswordTry From(string name, string address) => PasswordTry.Of(name, null, IPAddress.Parse(address));
}
