using System.Net;
using Labeler.Shared.Accounts;
using Labeler.Shared.Data;
using Labeler.Web.Features.Health;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Labeler.Web.Tests;

/// <summary>What somebody outside can make the application do, or say in its name.</summary>
public sealed class StrangerTests
{
    [Fact]
    public async Task Asking_for_the_health_writes_nothing()
    {
        await using var host = new WebHost();
        using var stranger = host.Browser();
        await stranger.GetAsync("/health");
        var written = new System.Collections.Concurrent.ConcurrentQueue<string>();
        using var watcher = new FileSystemWatcher(host.Data) { EnableRaisingEvents = true };
        watcher.Created += (_, file) => written.Enqueue(file.Name!);
        for (var times = 0; times < 5; times++)
        {
            Assert.Equal("ok", await stranger.GetStringAsync("/health"));
        }
        // Told after whatever came before it.
        await File.WriteAllTextAsync(Path.Combine(host.Data, "last"), "");
        while (!written.Contains("last"))
        {
            await Task.Delay(20);
        }
        Assert.Equal(["last"], written);
    }

    [Fact]
    public async Task A_data_folder_that_cannot_be_written_is_told_and_so_is_its_return()
    {
        await using var host = new WebHost();
        using var stranger = host.Browser();
        var watch = host.Services.GetRequiredService<StorageWatch>();
        Directory.Move(host.Data, $"{host.Data}-away");
        watch.Look();
        using (var answer = await stranger.GetAsync("/health"))
        {
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "the data folder cannot be written"), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        }
        Directory.Move($"{host.Data}-away", host.Data);
        watch.Look();
        Assert.Equal("ok", await stranger.GetStringAsync("/health"));
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("http://label.example.org/", "http://label.example.org")]
    public async Task A_link_for_somebody_begins_with_the_configured_address_or_with_the_one_asked_for_and_never_with_a_forwarded_one(string? configured, string? begins)
    {
        // From this machine, as a proxy whose headers are believed.
        await using var host = new WebHost { OnKestrel = true, Settings = configured is null ? [] : [("Web:PublicAddress", configured)] };
        var account = await host.Make("Forgetful", Role.Annotator);
        using var admin = await host.SignedIn("Ada of links", Role.Admin);
        admin.DefaultRequestHeaders.Add("X-Forwarded-Host", "elsewhere.example");
        foreach (var button in new[] { $"/people/{account.Id}/reset", "/people/invite" })
        {
            using var answer = await admin.Post("/people", button, ("role", Role.Annotator));
            var page = WebUtility.HtmlDecode(await admin.GetStringAsync("/people"));
            Assert.Contains($"{begins ?? admin.BaseAddress!.GetLeftPart(UriPartial.Authority)}/{(button.EndsWith("invite", StringComparison.Ordinal) ? "invitation" : "reset")}/", page);
            Assert.DoesNotContain("elsewhere.example", page);
        }
    }

    [Fact]
    public async Task Colors_that_do_not_exist_are_not_stored()
    {
        await using var host = new WebHost();
        using var browser = await host.SignedIn("Colorful", Role.Annotator);
        using var answer = await browser.Submit("/account", "profile", ("Form.Name", "Colorful"), ("Form.Theme", "99"), ("Form.Exposure", ""));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("role=\"alert\"", await answer.Content.ReadAsStringAsync());
        Assert.Equal(Theme.System, await host.With<LabelerDb, Theme>(db => db.Users.Select(a => a.Theme).SingleAsync()));
    }
}
