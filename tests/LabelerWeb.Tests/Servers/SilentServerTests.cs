using Labeler.Shared.Data;
using Labeler.Shared.Data.Backups;
using Labeler.Web.Features.Backups;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Labeler.Web.Tests.Servers;

/// <summary>A server that fell silent while it held a duty, as one that was killed: it gives nothing up.</summary>
public sealed class SilentServerTests
{
    // Copies are made when the test asks for it, and not besides where a clock is set on.
    private static readonly (string, string)[] Settings = [("Backups:Daily", "false")];

    private static readonly TimeSpan WithinLease = TimeSpan.FromMinutes(20), AfterLease = TimeSpan.FromMinutes(31);

    [Fact]
    public async Task The_other_takes_its_duty_over_when_the_lease_ends_and_not_before_and_keeps_it_when_the_first_is_back()
    {
        var start = DateTimeOffset.UtcNow;
        var (clockOfA, clockOfB) = (new FakeTimeProvider(start), new FakeTimeProvider(start));
        await using var a = new WebHost { Clock = clockOfA, Settings = Settings };
        var path = Path.Combine(Path.GetTempPath(), $"labeler-b-{Guid.NewGuid():N}");
        Directory.CreateSymbolicLink(path, a.Data);
        await using var b = new WebHost { Clock = clockOfB, Data = path, Settings = Settings };

        await Look(a);
        Assert.Equal(1, Copies(a));
        var holder = await Holder(a);
        RemoveCopies(a);
        clockOfB.Advance(WithinLease);
        await Look(b);
        Assert.Equal((0, holder), (Copies(b), await Holder(b)));

        clockOfB.SetUtcNow(start + AfterLease);
        await Look(b);
        Assert.Equal(1, Copies(b));
        var next = await Holder(b);
        Assert.NotEqual(holder, next);

        RemoveCopies(b);
        clockOfA.SetUtcNow(start + AfterLease);
        await Look(a);
        Assert.Equal((0, next), (Copies(a), await Holder(a)));
    }

    [Fact]
    public async Task One_that_ends_in_order_leaves_its_duty_at_once()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var a = new WebHost { Clock = clock, Settings = Settings };
        var path = Path.Combine(Path.GetTempPath(), $"labeler-b-{Guid.NewGuid():N}");
        Directory.CreateSymbolicLink(path, a.Data);
        var b = new WebHost { Clock = clock, Data = path, Settings = Settings };
        await Look(a);
        RemoveCopies(a);
        await Look(b);
        Assert.Equal(0, Copies(b));
        await a.Services.GetRequiredService<BackupSchedule>().StopAsync(default);
        await Look(b);
        Assert.Equal(1, Copies(b));
        await b.DisposeAsync();
        await a.DisposeAsync();
    }

    private static Task Look(WebHost host) => host.Services.GetRequiredService<BackupSchedule>().Look();

    private static int Copies(WebHost host) => host.Services.GetRequiredService<DatabaseBackups>().All().Count(copy => copy.Kind == BackupKind.Daily);

    // So that the daily one is due again.
    private static void RemoveCopies(WebHost host)
    {
        foreach (var copy in host.Services.GetRequiredService<DatabaseBackups>().All())
        {
            File.Delete(copy.Path);
        }
    }

    private static Task<string> Holder(WebHost host) => host.With<LabelerDb, string>(db => db.Duties.Where(duty => duty.Name == "backup").Select(duty => duty.Holder).SingleAsync());
}
