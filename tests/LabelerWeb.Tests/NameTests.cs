using System.Net;
using Labeler.Shared;
using Labeler.Shared.Accounts;
using Labeler.Shared.Data;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Web.Tests;

public sealed class NameTests(WebHost host) : IClassFixture<WebHost>
{
    [Theory]
    [InlineData("Victor\u200b")]
    [InlineData("\u202erotciV")]
    [InlineData("Vic\ue000tor")]
    [InlineData("Viсtor")] // Cyrillic es
    public async Task Nobody_joins_under_a_name_with_hidden_or_mixed_characters(string name) => await Assert.ThrowsAsync<LabelerException>(() => host.Make(name, Role.Annotator));

    [Fact]
    public async Task Nobody_joins_under_a_name_that_looks_like_somebody_elses()
    {
        await host.Make("Lilo", Role.Admin);
        foreach (var name in new[] { "Lilo", "LILO", "Li1o", "Lil0", "lilo", "Ｌｉｌｏ", "Ііӏо" })
        {
            await Assert.ThrowsAsync<LabelerException>(() => host.Make(name, Role.Annotator));
        }
        await host.Make("Lila", Role.Annotator);
    }

    [Fact]
    public async Task Nobody_takes_the_look_of_another_in_the_profile_and_ones_own_name_stays_free()
    {
        await host.Make("Modern Ann", Role.Admin);
        using var browser = await host.SignedIn("Rene", Role.Annotator);
        foreach (var name in new[] { "Modern Ann", "Modem Ann", "MODERN  ANN", "Rene\u200b" })
        {
            Assert.Equal(HttpStatusCode.OK, (await Rename(browser, name)).StatusCode);
        }
        Assert.Equal(HttpStatusCode.Found, (await Rename(browser, "RENE")).StatusCode);
        Assert.Equal("RENE", await host.With<LabelerDb, string>(db => db.Users.Where(a => a.UserName == "Rene").Select(a => a.DisplayName).SingleAsync()));
    }

    [Fact]
    public async Task A_name_from_before_these_rules_still_signs_in_and_its_profile_is_saved()
    {
        var account = await host.Make("Earlier", Role.Annotator);
        await host.With<LabelerDb, int>(db => db.Users.Where(a => a.Id == account.Id).ExecuteUpdateAsync(set => set.SetProperty(a => a.DisplayName, "Ear\u200blier").SetProperty(a => a.UserName, "Re\u0301my").SetProperty(a => a.NormalizedUserName, "R\u00c9MY")));
        using var browser = host.Browser();
        Assert.Equal(HttpStatusCode.Found, (await browser.SignIn("Re\u0301my")).StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await Rename(browser, "Ear\u200blier")).StatusCode);
    }

    [Fact]
    public async Task A_name_may_be_typed_with_its_accent_apart()
    {
        await host.Make("Ren\u00e9e", Role.Annotator);
        using var browser = host.Browser();
        Assert.Equal(HttpStatusCode.Found, (await browser.SignIn("Rene\u0301e")).StatusCode);
    }

    private static Task<HttpResponseMessage> Rename(HttpClient browser, string name) =>
        browser.Submit("/account", "profile", ("Form.Name", name), ("Form.Theme", "System"), ("Form.OptOuts", ""));
}
