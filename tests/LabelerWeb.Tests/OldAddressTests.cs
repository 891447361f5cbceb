using System.Net;
using Labeler.Shared.Accounts;
using Labeler.Tests.Support;

namespace Labeler.Web.Tests;

public sealed class OldAddressTests(WebHost host) : IClassFixture<WebHost>
{
    private static readonly (string Old, string Current)[] Addresses =
    [
        ("/dashboard/hands", "/p/hands"),
        ("/dashboard", "/projects"),
        ("/label/hands/history?page=2", "/p/hands/label/history?page=2"),
        ("/gallery/hands?epoch=3&show=flagged", "/p/hands/gallery?epoch=3&show=flagged"),
        ("/gallery/hands/compare?before=1&after=2", "/p/hands/gallery/before-after?before=1&after=2"),
        ("/review/h%C3%A4nde%20%3F", "/p/h%C3%A4nde%20%3F/review"),
        ("/projects/hands", "/p/hands/settings"),
        ("/photos/hands/captions", "/p/hands/photos/captions"),
        ("/backups", "/system"),
    ];

    [Fact]
    public async Task An_address_from_before_leads_to_the_page_of_today_with_its_query()
    {
        using var admin = await host.SignedIn("Ada of old", Role.Admin);
        foreach (var (old, current) in Addresses)
        {
            using var answer = await admin.GetAsync(old);
            Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
            Assert.Equal(current, answer.Headers.Location!.OriginalString);
        }
    }

    [Fact]
    public async Task A_person_sees_only_the_tabs_that_they_may_use()
    {
        await using var seeded = await SeededProject.Create(host.Data, "Tabs", Shared.Projects.LabelingTask.FlagBatch, groups: 1);
        async Task<string[]> Tabs(string role, string page)
        {
            using var client = await host.SignedIn($"{role} of tabs", role);
            var html = await client.GetStringAsync($"/p/{seeded.Project.Slug}/{page}");
            var tabs = html[html.IndexOf("<nav class=\"tabs\"", StringComparison.Ordinal)..];
            return [.. tabs[..tabs.IndexOf("</nav>", StringComparison.Ordinal)].Split("<a ").Skip(1).Select(link => link[(link.IndexOf('>', StringComparison.Ordinal) + 1)..link.IndexOf("</a>", StringComparison.Ordinal)])];
        }
        Assert.Equal(["Overview", "Label", "Epochs", "Gallery", "Compare", "Rewards", "Review", "Data", "Members", "Webhooks", "Settings"], await Tabs(Role.Admin, "gallery"));
        Assert.Equal(["Overview", "Label", "Gallery", "Compare", "Rewards", "Review", "Data", "Members", "Webhooks"], await Tabs(Role.Lead, "compare"));
        Assert.Equal(["Label"], await Tabs(Role.Annotator, "label/history"));
    }

    [Fact]
    public async Task The_theme_of_the_components_has_our_colors_in_both_modes()
    {
        using var anybody = host.Browser();
        using var answer = await anybody.GetAsync("/css/mud-theme.css");
        Assert.Equal("text/css", answer.Content.Headers.ContentType!.MediaType);
        var sheet = await answer.Content.ReadAsStringAsync();
        var tokens = await anybody.GetStringAsync("/css/tokens.css");
        var accent = System.Text.RegularExpressions.Regex.Match(tokens, @"--accent: light-dark\((#\w+), (#\w+)\)");
        var light = sheet[..sheet.IndexOf(":root[data-theme=dark]", StringComparison.Ordinal)];
        var dark = sheet[light.Length..sheet.IndexOf("@media", StringComparison.Ordinal)];
        foreach (var (part, color) in new[] { (light, accent.Groups[1].Value), (dark, accent.Groups[2].Value) })
        {
            var (r, g, b) = (Convert.ToInt32(color[1..3], 16), Convert.ToInt32(color[3..5], 16), Convert.ToInt32(color[5..7], 16));
            Assert.Contains($"--mud-palette-primary: rgba({r},{g},{b},1);", part);
        }
        Assert.Contains("--mud-zindex-dialog", light);
        Assert.DoesNotContain("zindex", dark);
        Assert.DoesNotContain("<style", sheet);
    }
}
