using System.Net;
using Labeler.Web.Security;
using Microsoft.Extensions.Time.Testing;

namespace Labeler.Web.Tests;

public sealed class FailedSignInsTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly FailedSignIns _failures;

    public FailedSignInsTests() => _failures = new(_clock);

    [Fact]
    public void Each_further_failure_from_one_place_doubles_the_delay_up_to_a_quarter_of_an_hour()
    {
        Fail("ada", "192.0.2.1", FailedSignIns.FreeFromOnePlace);
        var delays = new List<double>();
        for (var n = 0; n < 9; n++)
        {
            var wait = _failures.Begin(From("ada", "192.0.2.1"));
            delays.Add(wait.TotalSeconds);
            _clock.Advance(wait);
            Fail("ada", "192.0.2.1", 1);
        }
        Assert.Equal([10, 20, 40, 80, 160, 320, 640, 900, 900], delays);
    }

    [Fact]
    public void Many_tries_at_the_same_time_gain_nothing()
    {
        var let = 0;
        Parallel.For(0, 200, _ => Interlocked.Add(ref let, _failures.Begin(From("ada", "192.0.2.1")) == TimeSpan.Zero ? 1 : 0));
        Assert.Equal(FailedSignIns.FreeFromOnePlace, let);
    }

    [Fact]
    public void The_right_password_lets_its_place_begin_anew()
    {
        Fail("ada", "192.0.2.1", FailedSignIns.FreeFromOnePlace - 1);
        var attempt = From("ada", "192.0.2.1");
        Assert.Equal(TimeSpan.Zero, _failures.Begin(attempt));
        _failures.Succeed(attempt);
        Assert.Equal(TimeSpan.Zero, _failures.Begin(attempt));
    }

    [Fact]
    public void A_name_is_slowed_for_strangers_everywhere_and_never_for_its_own_devices()
    {
        for (var n = 0; n < FailedSignIns.FreeFromEverywhere; n++)
        {
            Assert.Equal(TimeSpan.Zero, _failures.Begin(From("ada", $"192.0.2.{n}")));
        }
        Assert.Equal(TimeSpan.FromSeconds(10), _failures.Begin(From("ADA ", "203.0.113.9")));
        Assert.Equal(TimeSpan.Zero, _failures.Begin(From("bo", "203.0.113.9")));
        Assert.Equal(TimeSpan.Zero, _failures.Begin(PasswordTry.Of("ada", Guid.NewGuid(), IPAddress.Parse("192.0.2.1"))));
    }

    [Fact]
    public void The_addresses_of_one_network_are_one_place()
    {
        Assert.Equal(From("ada", "2001:db8:1:2::1"), From("ada", "2001:db8:1:2:ffff::9"));
        Assert.NotEqual(From("ada", "2001:db8:1:2::1"), From("ada", "2001:db8:1:3::1"));
        Assert.Equal(From("ada", "192.0.2.1"), From("ada", "::ffff:192.0.2.1"));
    }

    [Fact]
    public void Names_without_end_fill_no_memory_and_wipe_out_no_count()
    {
        Fail("ada", "192.0.2.1", FailedSignIns.FreeFromOnePlace);
        for (var n = 0; n < 3 * FailureCounters.Capacity; n++)
        {
            _failures.Begin(From($"nobody {n}" + new string('x', 10_000), $"2001:db8:{n:x}::1"));
        }
        Assert.InRange(_failures.Remembered, FailureCounters.Capacity, 2 * FailureCounters.Capacity);
        Assert.Equal(TimeSpan.FromSeconds(10), _failures.Begin(From("ada", "192.0.2.1")));
    }

    [Fact]
    public void After_an_hour_in_peace_everything_is_forgotten()
    {
        Fail("ada", "192.0.2.1", FailedSignIns.FreeFromOnePlace);
        _clock.Advance(FailureCounters.Memory + TimeSpan.FromSeconds(1));
        Fail("ada", "192.0.2.1", FailedSignIns.FreeFromOnePlace);
        Assert.Equal(TimeSpan.FromSeconds(10), _failures.Begin(From("ada", "192.0.2.1")));
    }

    private void Fail(string name, string address, int times)
    {
        for (var n = 0; n < times; n++)
        {
            Assert.Equal(TimeSpan.Zero, _failures.Begin(From(name, address)));
        }
    }

    private static PasswordTry From(string name, string address) => PasswordTry.Of(name, null, IPAddress.Parse(address));
}
