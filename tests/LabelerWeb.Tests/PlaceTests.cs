using System.Net;
using System.Net.Http.Json;
using Labeler.Shared.Accounts;
using Labeler.Shared.Data;
using Labeler.Shared.Projects;
using Labeler.Web.Features.Places;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Web.Tests;

public sealed class PlaceTests(WebHost host) : IClassFixture<WebHost>
{
    [Fact]
    public async Task Names_that_begin_with_what_was_typed_come_before_those_that_contain_it()
    {
        await Make("A mule", "Two mulberries", "Cumulus", "mulling");
        using var lead = await host.SignedIn("Lead of order", Role.Lead);
        Assert.Equal(["mulling", "A mule", "Two mulberries", "Cumulus"], await Found(lead, "MUL"));
    }

    [Fact]
    public async Task A_name_is_found_in_letters_beyond_ascii_and_a_wildcard_stands_for_itself()
    {
        await Make("Übungen 50% fertig");
        using var lead = await host.SignedIn("Lead of letters", Role.Lead);
        Assert.Equal(["Übungen 50% fertig"], await Found(lead, "Übung"));
        Assert.Equal(["Übungen 50% fertig"], await Found(lead, "50%"));
        Assert.Empty(await Found(lead, "5%0"));
        Assert.Empty(await Found(lead, "Üb_ng"));
    }

    [Fact]
    public async Task An_annotator_finds_projects_to_label_and_their_own_pages_alone()
    {
        await using var seeded = await host.Seed("Knees", groups: 1);
        await host.Make("Kneeling person", Role.Annotator);
        using var annotator = await host.SignedIn("Plain annotator", Role.Annotator);
        Assert.Equal(["p/knees/label"], (await Places(annotator, "knee")).Select(place => place.Address));
        Assert.Equal(["p/knees/label"], (await Places(annotator, "knees l")).Select(place => place.Address));
        foreach (var nothing in new[] { "knees 1", "knees gallery", "knees settings", "system", "people", "compare" })
        {
            Assert.Empty(await Places(annotator, nothing));
        }
        Assert.All(await Places(annotator, ""), place => Assert.True(place.Address is "label" or "account" or "account/tokens" or "account/two-factor" or "account/passkeys" or "programs" || place.Address.EndsWith("/label", StringComparison.Ordinal), place.Address));
    }

    [Fact]
    public async Task A_number_behind_a_name_finds_that_epoch_and_a_word_the_project_s_page()
    {
        await using var seeded = await host.Seed("Elbows of all kinds", groups: 1);
        using var lead = await host.SignedIn("Lead of epochs", Role.Lead);
        Assert.Equal(["p/elbows-of-all-kinds/gallery?epoch=1"], (await Places(lead, "elbows 1")).Select(place => place.Address));
        Assert.Equal(["p/elbows-of-all-kinds/gallery?epoch=1"], (await Places(lead, "  elbows  epoch 1 ")).Select(place => place.Address));
        Assert.Empty(await Places(lead, "elbows 2"));
        Assert.Equal(["p/elbows-of-all-kinds/review"], (await Places(lead, "elbows rev")).Select(place => place.Address));
        Assert.Empty(await Places(lead, "elbows sett"));
        using var admin = await host.SignedIn("Admin of epochs", Role.Admin);
        Assert.Equal(["p/elbows-of-all-kinds/settings"], (await Places(admin, "elbows sett")).Select(place => place.Address));
    }

    [Fact]
    public async Task People_are_found_by_admins_alone()
    {
        var person = await host.Make("Quentin Quill", Role.Annotator);
        using var lead = await host.SignedIn("Lead of nobody", Role.Lead);
        using var admin = await host.SignedIn("Admin of people", Role.Admin);
        Assert.Empty(await Places(lead, "quill"));
        Assert.Equal([$"people/{person.Id}"], (await Places(admin, "quill")).Select(place => place.Address));
    }

    [Fact]
    public async Task A_deleted_project_is_not_found()
    {
        await Make("Vanishing");
        using var admin = await host.SignedIn("Admin of the deleted", Role.Admin);
        Assert.Equal(["Vanishing"], await Found(admin, "vanish"));
        await host.With<LabelerDb, int>(async db =>
        {
            (await db.Projects.SingleAsync(project => project.Name == "Vanishing")).Delete(DateTimeOffset.UtcNow);
            return await db.SaveChangesAsync();
        });
        Assert.Empty(await Places(admin, "vanish"));
        Assert.Empty(await Places(admin, "vanishing settings"));
    }

    [Fact]
    public async Task At_most_twenty_places_are_found_and_a_long_text_is_refused()
    {
        await Make([.. Enumerable.Range(1, 25).Select(n => $"Crowded {n}")]);
        using var lead = await host.SignedIn("Lead of crowds", Role.Lead);
        Assert.Equal(PlaceSearch.Most, (await Places(lead, "crowded")).Count);
        Assert.Equal(HttpStatusCode.OK, (await lead.GetAsync($"/api/places?q={new string('x', Typed.Longest)}")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await lead.GetAsync($"/api/places?q={new string('x', Typed.Longest + 1)}")).StatusCode);
        using var stranger = host.Browser();
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync("/api/places?q=x")).StatusCode);
    }

    [Theory]
    [InlineData(Role.Annotator)]
    [InlineData(Role.Lead)]
    [InlineData(Role.Admin)]
    public async Task Every_place_that_is_found_opens_for_who_found_it(string role)
    {
        await using var seeded = await host.Seed($"Doors {role}", groups: 1);
        using var browser = await host.SignedIn($"{role} at the doors", role);
        var asked = new[] { "", "a", "e", "o", $"doors {role} 1" }.Concat("leogcrps".Select(letter => $"doors {role} {letter}"));
        var addresses = new HashSet<string>();
        foreach (var text in asked)
        {
            addresses.UnionWith((await Places(browser, text)).Select(place => place.Address));
        }
        Assert.NotEmpty(addresses);
        foreach (var address in addresses)
        {
            Assert.Equal((address, HttpStatusCode.OK), (address, (await browser.GetAsync($"/{address}")).StatusCode));
        }
    }

    private Task<int> Make(params string[] names) => host.With<LabelerDb, int>(async db =>
    {
        foreach (var name in names)
        {
            var project = Project.Create(name, LabelingTask.FlagBatch, new(), DateTimeOffset.UtcNow);
            project.UsePrompts(["1 hand"]);
            await project.TakeFreeSlug(db);
            db.Add(project);
            await db.SaveChangesAsync();
        }
        return names.Length;
    });

    private static async Task<IReadOnlyList<Place>> Places(HttpClient browser, string text) =>
        (await browser.GetFromJsonAsync<PlacesEndpoint.Answer>($"/api/places?q={Uri.EscapeDataString(text)}"))!.Places;

    private static async Task<IEnumerable<string>> Found(HttpClient browser, string text) => (await Places(browser, text)).Select(place => place.Text);
}
