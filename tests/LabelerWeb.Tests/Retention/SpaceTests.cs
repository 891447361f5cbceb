using System.Net;
using Labeler.Shared.Accounts;
using Labeler.Shared.Audit;
using Labeler.Shared.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;

namespace Labeler.Web.Tests.Retention;

/// <summary>The page that shows what takes the space, and the rules that free it.</summary>
public sealed class SpaceTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UtcNow);
    private readonly WebHost _host;
    private HttpClient _admin = null!;

    public SpaceTests() => _host = new() { Clock = _clock };

    public async Task InitializeAsync()
    {
        _admin = await _host.SignedIn("Sweeps", Role.Admin);
        await using var seeded = await _host.Seed("Spacious", groups: 1);
        var folder = Directory.CreateDirectory(Path.Combine(_host.Data, "delivered", "ab")).FullName;
        await File.WriteAllBytesAsync(Path.Combine(folder, "old"), new byte[2_500_000]);
        File.SetLastWriteTimeUtc(Path.Combine(folder, "old"), DateTime.UtcNow.AddDays(-50));
    }

    public async Task DisposeAsync()
    {
        _admin.Dispose();
        await _host.DisposeAsync();
    }

    private string Old => Path.Combine(_host.Data, "delivered", "ab", "old");

    [Fact]
    public async Task It_shows_what_takes_the_space_and_what_rules_would_free_before_anything_is_removed()
    {
        var page = await _admin.GetStringAsync("/system/space");
        Assert.Contains("a picture", page);
        Assert.Contains("2.5 MB", page);
        Assert.Contains("everything is kept for ever", page);
        var preview = await _admin.Post("/system/space", "/system/space/rules", ("Rules.ThumbnailDays", "30"), ("do", "preview"));
        page = await _admin.GetStringAsync(preview.Headers.Location);
        Assert.Contains("What these rules would remove now", page);
        Assert.Contains("value=\"30\"", page);
        Assert.DoesNotContain("Remove it now", page);
        Assert.True(File.Exists(Old));
        Assert.Equal(0, await _host.With<LabelerDb, int>(db => db.RetentionPolicies.CountAsync()));

        await _admin.Post("/system/space", "/system/space/rules", ("Rules.ThumbnailDays", "30"));
        Assert.Contains("What the saved rules would remove now", await _admin.GetStringAsync("/system/space"));
        Assert.True(File.Exists(Old));
        await _admin.Press("/system/space", "Remove it now");
        Assert.False(File.Exists(Old));
        page = await _admin.GetStringAsync("/system/space");
        Assert.Contains("pictures as browsers got them 1, 2.5 MB", page);
        Assert.Contains("Last removed by them", page);
        var line = await _host.With<LabelerDb, AuditEntry>(db => db.AuditEntries.OrderByDescending(e => e.Id).FirstAsync(e => e.Action == "POST /system/space/rules"));
        Assert.Contains("30", line.After);
    }

    [Fact]
    public async Task A_rule_that_is_no_number_is_refused_and_a_changed_address_is_harmless()
    {
        await _admin.Post("/system/space", "/system/space/rules", ("Rules.TrajectoryDays", "soon"));
        Assert.Contains("whole number", await _admin.GetStringAsync("/system/space"));
        await _admin.Post("/system/space", "/system/space/rules", ("Rules.TrajectoryDays", "0"));
        Assert.Equal(0, await _host.With<LabelerDb, int>(db => db.RetentionPolicies.CountAsync()));
        Assert.Equal(HttpStatusCode.OK, (await _admin.GetAsync("/system/space?shown=1&TrajectoryDays=x&VoteDays=-3")).StatusCode);
    }

    [Fact]
    public async Task Rules_that_work_by_themselves_do_so_once_a_day()
    {
        await _admin.Post("/system/space", "/system/space/rules", ("Rules.ThumbnailDays", "30"));
        for (var tries = 0; tries < 20; tries++)
        {
            _clock.Advance(TimeSpan.FromMinutes(10));
            await Task.Delay(20);
        }
        Assert.True(File.Exists(Old));
        await _admin.SignIn("Sweeps");
        await _admin.Post("/system/space", "/system/space/rules", ("Rules.ThumbnailDays", "30"), ("Rules.ByItself", "on"));
        for (var tries = 0; tries < 600 && File.Exists(Old); tries++)
        {
            _clock.Advance(TimeSpan.FromMinutes(10));
            await Task.Delay(50);
        }
        Assert.False(File.Exists(Old));
    }

    [Fact]
    public async Task Removed_weights_are_not_offered_for_download()
    {
        await using var seeded = await _host.Seed("Weighed", groups: 1);
        using var person = await AnnotatorClient.Open(_host, "Weighs");
        await person.Send(AnnotatorClient.Flag(seeded.Project.Id, Assert.Single(await person.Items(seeded.Project.Id)), Guid.NewGuid(), 1));
        await seeded.Learn();
        var checkpoint = await _host.With<LabelerDb, long>(db => db.Checkpoints.Select(c => c.Id).SingleAsync());
        var address = $"/epochs/checkpoints/{checkpoint}/weights";
        await _host.With<LabelerDb, int>(db => db.Checkpoints.ExecuteUpdateAsync(set => set.SetProperty(c => c.WeightsFreedAt, _clock.GetUtcNow())));
        Assert.Contains("removed on", await _admin.GetStringAsync($"/lineage/{checkpoint}"));
        Assert.Equal(HttpStatusCode.Gone, (await _admin.GetAsync(address)).StatusCode);
    }
}
